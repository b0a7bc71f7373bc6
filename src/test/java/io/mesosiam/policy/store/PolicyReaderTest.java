package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.DefaultTags;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policies;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Selector.MatchResult;
import io.mesosiam.policy.Subjects;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.postgres.SessionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows of the policy table become policies. */
@Timeout(300)
class PolicyReaderTest {
    private static final Duration LIMIT = TimeLimit.seconds(20);
    private static final String ARN = "arn:aws:iam::123456789012:role/web";

    private final TestDatabase db = TestPostgres.database();
    private final PolicyReader reader = new PolicyReader(db.pool(), false, RevokerRole.NONE);
    private final PolicyTable table = new PolicyTable(
            db.pool(),
            new SessionPool(db.pool()),
            new TestPolicyConfig(Duration.ofHours(1)),
            new Random(1),
            Optional.empty());

    @AfterEach
    void close() {
        table.close();
        db.close();
    }

    @Test
    void attributeCanBeGivenAsANumber() {
        db.execute(
                "insert into policy (name, effect, agent_attributes) values ('row', 'deny', '{\"rack\": 109, \"row\": 1.50}')");
        table.start(_ -> {});

        assertThat(table.current().policies()).singleElement().satisfies(policy -> assertThat(policy.selectors())
                .allSatisfy(selector -> assertThat(selector.match(Subjects.inRack("109.0")))
                        .isEqualTo(
                                selector.key().equals(Optional.of("rack")) ? MatchResult.HOLDS : MatchResult.FAILS)));
    }

    @Test
    void readsEverySelectorAndOutput() {
        db.execute("""
                insert into policy (namespace, name, effect, priority, framework_principal, framework_name, mesos_role, task_name,
                    task_user, image, labels, agent_attributes, credential_name, iam_role_arn, session_name, session_policy,
                    session_policy_arns, tags, transitive_tags, source_identity, external_id, region, session_length,
                    short_session, lease_ttl, sharing, prefetch, sensitive, via_role_arn, default_tags)
                values ('/', 'full', 'allow', 3, 'svc', 'marathon', 'eng', 'web-*', 'nobody', 'registry/*',
                    '[{"key": "team", "value": "data"}, {"key": "gpu"}]', '{"rack": "r1", "disk": null}', 'logs',
                    'arn:aws:iam::123456789012:role/web', '{framework}', '{"Statement": [{"Effect": "Deny"}]}',
                    '{arn:aws:iam::aws:policy/B,arn:aws:iam::aws:policy/A}', '{"team": "data", "task": "x"}', '{team}', 'me',
                    'secret-1', 'eu-central-1', '59 minutes', true, '1 day', 'role', 'on-ask', true,
                    'arn:aws:iam::210987654321:role/hub', true)
                """);

        table.start(_ -> {});

        assertThat(table.current().policies())
                .singleElement()
                .usingRecursiveComparison()
                .ignoringFields("id")
                .isEqualTo(new Policy(
                        Policies.id("any"),
                        "/",
                        "full",
                        true,
                        3,
                        List.of(
                                new Selector.FrameworkPrincipal("svc"),
                                new Selector.FrameworkName("marathon"),
                                new Selector.UnderMesosRole(new MesosRole("eng")),
                                new Selector.TaskName(new Glob("web-*")),
                                new Selector.TaskUser("nobody"),
                                new Selector.Image(new Glob("registry/*")),
                                new Selector.HasLabel("team", Optional.of("data")),
                                new Selector.HasLabel("gpu", Optional.empty()),
                                new Selector.AgentAttribute("disk", Optional.empty()),
                                new Selector.AgentAttribute("rack", Optional.of("r1"))),
                        new Rule.Allow(
                                new CredentialName("logs"),
                                new Entitlement(
                                        new IamRole(ARN),
                                        Optional.of("{framework}"),
                                        Optional.of("{\"Statement\": [{\"Effect\": \"Deny\"}]}"),
                                        List.of("arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"),
                                        Map.of("team", "data", "task", "x"),
                                        List.of("team"),
                                        Optional.of("me"),
                                        Optional.of("secret-1"),
                                        Optional.of("eu-central-1"),
                                        Optional.of(new IamRole("arn:aws:iam::210987654321:role/hub")),
                                        Optional.of(new DefaultTags("mesos", "/")),
                                        Duration.ofMinutes(59),
                                        Optional.of(Duration.ofDays(1)),
                                        Sharing.ROLE,
                                        Prefetch.ON_ASK,
                                        true,
                                        Optional.empty()))));
    }

    @Test
    void readsTheShortestRows() {
        db.execute(
                "insert into policy (name, effect, iam_role_arn, match_all, default_tags) values ('short', 'allow', '"
                        + ARN + "', true, false)");
        db.execute("insert into policy (name, effect, enabled, match_all) values ('stop', 'deny', false, true)");
        db.execute("insert into namespace (path) values ('/data')");
        db.execute("insert into policy (namespace, name, effect, match_all) values ('/data', 'stop', 'deny', true)");

        table.start(_ -> {});

        assertThat(table.current().policies())
                .extracting(Policy::path, Policy::enabled, Policy::rule)
                .containsExactly(
                        tuple("/data/stop", true, new Rule.Deny(Optional.empty())),
                        tuple("short", true, new Rule.Allow(CredentialName.DEFAULT, Entitlement.of(new IamRole(ARN)))),
                        tuple("stop", false, new Rule.Deny(Optional.empty())));
    }

    @Test
    void newRowsHaveDefaultTagsWithTheClustersNameAndTheirNamespace() {
        db.execute("update cluster set name = 'prod'");
        db.execute("insert into namespace (path) values ('/data')");
        db.execute(
                "insert into policy (namespace, name, effect, iam_role_arn, match_all) values ('/data', 'p', 'allow', '"
                        + ARN + "', true)");

        table.start(_ -> {});

        assertThat(table.current().policies()).singleElement().satisfies(policy -> assertThat(policy.rule())
                .isInstanceOfSatisfying(Rule.Allow.class, allow -> assertThat(
                                allow.entitlement().defaultTags())
                        .contains(new DefaultTags("prod", "/data"))));
    }

    /** The table rejects such rows, but a later version of it, or a table restored from elsewhere, may not. */
    @Test
    void unusableRowIsReportedAndDoesNotAffectOthers() {
        db.execute("alter table policy drop constraint policy_iam_role_arn_form");
        db.execute("insert into policy (name, effect, iam_role_arn, match_all) values ('good', 'allow', '" + ARN
                + "', true)");
        db.execute(
                "insert into policy (name, effect, iam_role_arn, match_all) values ('bad', 'allow', 'arn:nonsense', true)");

        table.start(_ -> {});

        assertThat(table.current().policies()).extracting(Policy::name).containsExactly("good");
        assertThat(table.current().rejected())
                .extracting(RejectedRow::name, RejectedRow::reason)
                .containsExactly(tuple("bad", "iam_role_arn: not the ARN of an IAM role: arn:nonsense"));
        assertThat(table.trouble()).contains("1 rows of the policy table can't be used");
    }

    /** A controller whose memory they would fill would end, and again at each start. */
    @Test
    void largestPoliciesOfANamespaceThatHasTooManyAreUnusable() {
        db.execute("insert into namespace (path) values ('/greedy'), ('/other')");
        String labels = "(select json_agg(json_build_object('key', 'k' || i, 'value', repeat('v', 1000)))"
                + " from generate_series(1, 32) i)";
        db.execute(
                "insert into policy (namespace, name, effect, iam_role_arn, labels) select '/greedy', 'g' || i, 'allow', '"
                        + ARN + "', " + labels + " from generate_series(1, 3) i");
        db.execute(
                "insert into policy (namespace, name, effect, iam_role_arn, labels) values ('/other', 'o', 'allow', '"
                        + ARN + "', " + labels + "), ('/greedy', 'small', 'deny', null, '[{\"key\": \"a\"}]')");
        PolicyReader small = new PolicyReader(db.pool(), false, RevokerRole.NONE, new PolicyBudget(90_000));

        PolicySet before = small.read(LIMIT);

        assertThat(before.policies())
                .extracting(Policy::name)
                .contains("o", "small")
                .hasSize(3);
        assertThat(before.rejected()).extracting(RejectedRow::name).hasSize(2).allMatch(name -> name.startsWith("g"));
        assertThat(before.rejected()).allSatisfy(row -> assertThat(row.reason()).startsWith("labels: it is not read"));

        db.execute("delete from policy where name in ('g1', 'g2')");

        assertThat(small.read(LIMIT).policies()).extracting(Policy::name).containsExactlyInAnyOrder("o", "small", "g3");
    }

    /** Of 1,400 characters: a policy's own session policy and this one are a text of each policy. */
    private void namespaceWithAFloor() {
        db.execute(
                "insert into namespace (path, session_policy_floor) values ('/floored', json_build_array(json_build_object("
                        + "'Effect', 'Deny', 'Resource', '*', 'Action', repeat('x', 1350))))");
    }

    @Test
    void sessionPolicyFloorCountsForPoliciesWithASessionPolicyOfTheirOwn() {
        String insert =
                "insert into policy (namespace, name, effect, iam_role_arn, match_all, session_policy) select '/floored', 'p' || i,"
                        + " 'allow', '" + ARN
                        + "', true, '{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}]}' from generate_series(1, 10) i";
        db.execute("insert into namespace (path) values ('/floored')");
        db.execute(insert);
        PolicyReader small = new PolicyReader(db.pool(), false, RevokerRole.NONE, new PolicyBudget(20_000));
        assertThat(small.read(LIMIT).policies()).hasSize(10);
        db.execute("delete from policy");
        db.execute("delete from namespace where path = '/floored'");
        namespaceWithAFloor();
        db.execute(insert);

        PolicySet set = small.read(LIMIT);

        assertThat(set.policies()).hasSizeBetween(1, 9);
        assertThat(set.rejected()).isNotEmpty().allSatisfy(row -> assertThat(row.reason())
                .contains("it is not read"));
    }

    @Test
    void policiesWithoutASessionPolicyShareTheTextThatTheirNamespaceGivesThem() {
        namespaceWithAFloor();
        PolicyReader floored = new PolicyReader(db.pool(), true, RevokerRole.NONE);
        List<String> texts = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            db.execute(
                    "insert into policy (namespace, name, effect, iam_role_arn, match_all, credential_name) values ('/floored', '"
                            + name + "', 'allow', '" + ARN + "', true, '" + name + "')");
            Decision decision = floored.read(LIMIT).decide(Subjects.web()).get(new CredentialName(name));
            assertThat(decision)
                    .isInstanceOfSatisfying(
                            Decision.Allowed.class,
                            allowed -> texts.add(
                                    allowed.entitlement().sessionPolicy().orElseThrow()));
        }

        assertThat(texts).hasSize(2);
        assertThat(texts.getLast()).isSameAs(texts.getFirst());
    }

    /** SQL accepts a key twice in a condition. */
    @Test
    void denyOfANamespaceWithAnUnreadableBoundConcernsTheNamespacesTasksAlone() {
        db.execute(
                "insert into namespace (path, mesos_roles, session_policy_floor) values ('/ops', '{ops}', '[{\"Effect\": \"Deny\","
                        + " \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"Bool\": {}, \"Bool\": {}}}]')");
        db.execute("insert into policy (namespace, name, effect, iam_role_arn, match_all) values ('/', 'a', 'allow', '"
                + ARN + "', true), ('/ops', 'd', 'deny', null, true), ('/ops', 'b', 'allow', '" + ARN + "', true)");

        PolicySet set = reader.read(LIMIT);

        assertThat(set.outOfBounds()).hasSize(1);
        assertThat(set.decide(BoundedPolicies.under("eng")).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(set.decide(BoundedPolicies.under("ops")).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.Denied.class);
    }

    @Test
    void limitOfTasksThatCannotBeReadHoldsBackWhatADenyMayConcern() {
        db.execute("alter table namespace drop constraint namespace_mesos_roles_form");
        db.execute("insert into namespace (path, mesos_roles) values ('/ops', '{\ufffd}')");
        db.execute("insert into policy (namespace, name, effect, iam_role_arn, match_all) values ('/', 'a', 'allow', '"
                + ARN + "', true), ('/ops', 'd', 'deny', null, true)");

        assertThat(reader.read(LIMIT).decide(Subjects.web()).get(CredentialName.DEFAULT))
                .isInstanceOf(Decision.Narrowed.class);
    }

    @Test
    void denyOfWhichLargeTextsAreNotReadDeniesByItsOtherSelectors() {
        db.execute("insert into policy (name, effect, framework_principal, task_name) values"
                + " ('d', 'deny', 'svc', repeat('t', 1000)), ('e', 'deny', null, repeat('t', 1000)),"
                + " ('empty', 'deny', 'svc', null)");
        PolicyReader small = new PolicyReader(db.pool(), false, RevokerRole.NONE, new PolicyBudget(100));

        PolicySet set = small.read(LIMIT);

        assertThat(set.policies()).extracting(Policy::name).containsExactly("empty");
        assertThat(set.rejected())
                .extracting(RejectedRow::name, RejectedRow::consequence)
                .containsExactlyInAnyOrder(
                        tuple("d", RejectedRow.Consequence.DENIES), tuple("e", RejectedRow.Consequence.HOLDS_BACK));
        assertThat(set.rejected()).allSatisfy(row -> assertThat(row.reason()).startsWith("task_name: it is not read"));
    }

    @Test
    void rowsThatChangeAreReadAgainAndTheOthersKept() {
        db.execute(
                "insert into policy (name, effect, match_all) values ('kept', 'deny', true), ('changed', 'deny', true),"
                        + " ('deleted', 'deny', true)");
        PolicySet before = reader.read(LIMIT);

        db.execute("update policy set priority = 7 where name = 'changed'");
        db.execute("delete from policy where name = 'deleted'");
        db.execute("insert into policy (name, effect, match_all) values ('new', 'deny', true)");
        PolicySet after = reader.read(LIMIT);

        assertThat(after.policies())
                .extracting(Policy::name, Policy::priority)
                .containsExactly(tuple("changed", 7), tuple("kept", 0), tuple("new", 0));
        assertThat(policy(after, "kept")).isSameAs(policy(before, "kept"));
    }

    @Test
    void decisionsNameTheVersionOfARowThatWasUpdatedToItself() {
        db.execute("insert into policy (name, effect, match_all) values ('p', 'deny', true)");
        reader.read(LIMIT);

        db.execute("update policy set priority = priority");
        PolicySet after = reader.read(LIMIT);

        assertThat(policy(after, "p").id().version()).hasValue(2);
        assertThat(after.decide(Subjects.web()).get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(
                        Decision.Denied.class,
                        denied -> assertThat(denied.policy().version()).hasValue(2));
    }

    @Test
    void restoredRowIsReadAgainAlthoughItsVersionIsThatOfOtherContent() {
        db.execute("insert into policy (name, effect, iam_role_arn, match_all) values ('p', 'allow', '" + ARN
                + "', true)");
        PolicyId id = policy(reader.read(LIMIT), "p").id();

        db.execute("alter table policy disable trigger user");
        db.execute("update policy set iam_role_arn = '" + ARN + "-2'");
        PolicySet after = reader.read(LIMIT);

        assertThat(policy(after, "p").id()).isEqualTo(id);
        assertThat(policy(after, "p").rule()).isInstanceOfSatisfying(Rule.Allow.class, allow -> assertThat(
                        allow.entitlement().role())
                .isEqualTo(new IamRole(ARN + "-2")));
    }

    @Test
    void defaultTagsOfUnchangedRowsFollowTheClustersName() {
        db.execute("insert into policy (name, effect, iam_role_arn, match_all) values ('p', 'allow', '" + ARN
                + "', true)");
        reader.read(LIMIT);

        db.execute("update cluster set name = 'prod'");

        assertThat(policy(reader.read(LIMIT), "p").rule()).isInstanceOfSatisfying(Rule.Allow.class, allow -> assertThat(
                        allow.entitlement().defaultTags())
                .contains(new DefaultTags("prod", "/")));
    }

    @Test
    void rowThatBecomesUnusableTakesThePlaceOfTheUsableOneAndBack() {
        db.execute("alter table policy drop constraint policy_iam_role_arn_form");
        db.execute("insert into policy (name, effect, iam_role_arn, match_all) values ('p', 'allow', '" + ARN
                + "', true)");
        reader.read(LIMIT);

        db.execute("update policy set iam_role_arn = 'arn:nonsense'");
        PolicySet unusable = reader.read(LIMIT);
        db.execute("update policy set iam_role_arn = '" + ARN + "'");
        PolicySet usable = reader.read(LIMIT);

        assertThat(unusable.policies()).isEmpty();
        assertThat(unusable.rejected()).extracting(RejectedRow::name).containsExactly("p");
        assertThat(usable.policies()).extracting(Policy::name).containsExactly("p");
        assertThat(usable.rejected()).isEmpty();
    }

    private static Policy policy(PolicySet set, String name) {
        return set.policies().stream()
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
