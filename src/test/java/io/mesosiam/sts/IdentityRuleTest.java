package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityRuleTest {
    private static final IdentityRule RULE = new IdentityRule(Duration.ofHours(1));

    @Test
    void sessionNameBeginsWithTheTask() {
        assertThat(identity(gives(), task("job-7")).sessionName()).isEqualTo("job-7@spark-0001");
    }

    @Test
    void everyPlaceholderIsReplacedByItsPartOfTheLaunch() {
        var entitlement = gives().sessionName("{task}.{framework}.{name}")
                .tags(Map.of("role", "{mesos-role}", "container", "{container}", "fixed", "as is"));

        SessionIdentity identity = identity(entitlement, task("job-7"));

        assertThat(identity.sessionName()).isEqualTo("job-7.spark-0001.reports");
        assertThat(identity.tags())
                .containsExactly(
                        Map.entry("container", "outer/inner"),
                        Map.entry("fixed", "as is"),
                        Map.entry("role", "eng/data"));
    }

    @Test
    void placeholderInATaskIdIsNotReplaced() {
        var entitlement = gives().sessionName("{task}");

        assertThat(identity(entitlement, task("{framework}")).sessionName()).startsWith("-framework--");
    }

    @Test
    void longNameIsCutAfterTheTaskAndEndsInADigest() {
        String name = identity(gives(), task("job-" + "x".repeat(200))).sessionName();

        assertThat(name).hasSize(64).startsWith("job-xxx").matches(".*-[0-9a-f]{12}");
        assertThat(name)
                .isNotEqualTo(identity(gives(), task("job-" + "x".repeat(201))).sessionName());
    }

    @Test
    void namesThatDifferOnlyInRejectedCharactersStayDifferent() {
        List<String> names = List.of("a b", "a/b", "a-b", "a\u00e9b", "a\ud83d\ude00b").stream()
                .map(id -> identity(gives(), task(id)).sessionName())
                .toList();

        assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.matches("[\\w+=,.@-]{2,64}"));
    }

    @Test
    void nameOfOneCharacterIsExtended() {
        assertThat(identity(gives().sessionName("{task}"), task("x")).sessionName())
                .matches("x-[0-9a-f]{12}");
    }

    @Test
    void sharedSessionIsTheSameForAllTasks() {
        var shared = gives().shared();

        assertThat(identity(shared, task("one"))).isEqualTo(identity(shared, task("two")));
    }

    @Test
    void renewalRequestsTheSameSession() {
        assertThat(identity(gives(), task("one")).hash())
                .isEqualTo(identity(gives(), task("one")).hash());
    }

    @Test
    void longSessionIsShortenedToTheLimit() {
        assertThat(identity(gives().length(Duration.ofHours(12)), task("one")).length())
                .isEqualTo(Duration.ofHours(1));
        assertThat(identity(gives().length(Duration.ofMinutes(15)), task("one")).length())
                .isEqualTo(Duration.ofMinutes(15));
    }

    @Test
    void sessionThroughAHubRoleLastsAnHourAtMost() {
        var rule = new IdentityRule(Duration.ofHours(12));
        var long_ = gives().via("arn:aws:iam::210987654321:role/hub").length(Duration.ofHours(2));

        assertThat(rule.identity(long_.entitlement(), CredentialName.DEFAULT, task("one"))
                        .length())
                .isEqualTo(Duration.ofHours(1));
    }

    /** Leases of the version before hub roles and default tags keep their sessions after an upgrade. */
    @Test
    void hashOfASessionWithoutDefaultTagsAndHubRoleIsThatOfEarlierVersions() {
        assertThat(identity(gives().tags(Map.of("team", "data")).transitive("team"), task("job-7"))
                        .hash())
                .isEqualTo("13dd384152b9c15e27737ee719616805b4bfcd3523ea4c3b921e9b6306d2ec7e");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "{}",
                "{\"Version\":\"2012-10-17\"}",
                "{\"Statement\":[]}",
                "{\"Statement\":{}}",
                "{\"Statement\":null}"
            })
    void sessionPolicyWithoutStatementsDeniesEverything(String document) {
        assertThat(identity(gives().sessionPolicy(document), task("one")).sessionPolicy())
                .contains(SessionPolicy.DENY_ALL);
    }

    @Test
    void sessionPolicyWithAStatementIsSentAsWritten() {
        String document =
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}],\"Id\":\"x\"}";

        assertThat(identity(gives().sessionPolicy(document), task("one")).sessionPolicy())
                .contains(document);
    }

    static final List<Arguments> REFUSED = List.of(
            refused("session_name", gives().sessionName("{user}")),
            refused("session_name", gives().shared().sessionName("{task}")),
            refused("session_policy", gives().sessionPolicy("{\"Statement\":")),
            refused("session_policy", gives().sessionPolicy("[]")),
            refused("session_policy", gives().sessionPolicy("{} {}")),
            refused("session_policy", gives().sessionPolicy("{\"Statement\":[1],\"Statement\":[]}")),
            refused("session_policy", gives().sessionPolicy("{\"a\":\"" + "x".repeat(2048) + "\"}")),
            refused("session_policy", gives().sessionPolicy("{\"a\":\"\u4e16\"}")),
            refused("session_policy_arns", gives().policyArns("arn:short")),
            refused(
                    "session_policy_arns",
                    gives().policyArns(Collections.nCopies(11, "arn:aws:iam::aws:policy/ReadOnlyAccess")
                            .toArray(String[]::new))),
            refused("tags.team", gives().tags(Map.of("team", "a#b"))),
            refused("tags.team", gives().tags(Map.of("team", "x".repeat(257)))),
            refused("tags.aws:team", gives().tags(Map.of("aws:team", "a"))),
            refused("tags", gives().tags(Map.of("", "a"))),
            refused("tags", gives().tags(Map.of("Team", "a", "team", "b"))),
            refused("tags", gives().tags(numbered(51))),
            refused("transitive_tags", gives().tags(Map.of("team", "a")).transitive("owner")),
            refused("source_identity", gives().sourceIdentity("x")),
            refused("source_identity", gives().sourceIdentity("{task}")),
            refused("external_id", gives().externalId("with space")),
            refused("region", gives().region("evil.example.com/")),
            refused("region", gives().region("EU-WEST-1")),
            refused("region", gives().region("cn-north-1")),
            refused("via_role_arn", gives().via(Launches.ROLE.arn())),
            refused("via_role_arn", gives().via("arn:aws-cn:iam::123456789012:role/hub")));

    @ParameterizedTest(name = "{0} #{index}")
    @FieldSource("REFUSED")
    void valueThatStsWouldRejectIsRejectedWithItsField(String field, Launches.Gives entitlement) {
        assertThatThrownBy(() -> identity(entitlement, task("job-7")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(field)
                .hasMessageMatching("(?s).{1,250}");
    }

    @Test
    void unknownContainerIsRejected() {
        var early = task("job-7", "eng", Optional.empty());

        assertThatThrownBy(() -> identity(gives().sessionName("{container}"), early))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("session_name: {container} is not known");
    }

    @Test
    void errorAboutAnExternalIdOmitsIt() {
        assertThatThrownBy(() -> identity(gives().externalId("between us!"), task("job-7")))
                .hasMessageNotContaining("between us");
    }

    private static SessionIdentity identity(Launches.Gives gives, LaunchedTask task) {
        return RULE.identity(gives.entitlement(), new CredentialName("reports"), task);
    }

    private static Arguments refused(String field, Launches.Gives gives) {
        return Arguments.of(field, gives);
    }

    private static Map<String, String> numbered(int count) {
        Map<String, String> tags = new LinkedHashMap<>();
        IntStream.range(0, count).forEach(i -> tags.put("tag" + i, "value"));
        return tags;
    }
}
