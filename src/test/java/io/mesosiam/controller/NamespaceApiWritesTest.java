package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.bounds.BoundsOracle;
import io.mesosiam.policy.store.PolicyTable;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random writes by the API of a namespace's administrator, while the administrators above change their bounds: no task is
 * given anything outside the bounds of any of them, and nothing outside the namespace is written.
 */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class NamespaceApiWritesTest {
    private static final int STEPS = 40;
    private static final List<String> ABOVE = List.of("w", "w.team");
    private static final List<String> OWN = List.of("w.team", "w.team.a", "w.team.a.b");
    private static final List<String> FOREIGN = List.of("-", "w", "w.teams", "w.x");
    private static final List<String> ARNS =
            List.of("arn:aws:iam::123456789012:role/data-x", "arn:aws:iam::210987654321:role/ops");

    @Inject
    PolicyTable policies;

    @Inject
    Pool pool;

    private long version;
    private final List<UUID> grants = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        pool.query("delete from launch_grant where namespace like '/w%'").executeAndAwait();
        pool.query("delete from policy where namespace like '/w%'").executeAndAwait();
        pool.query("delete from namespace where path like '/w%'").executeAndAwait();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void noSequenceOfWritesGivesMoreThanTheBoundsOfEveryNamespaceAbove(long seed) {
        Random random = new Random(seed);
        ABOVE.forEach(path -> accepted(json(SignedIn.TOKEN).body("{}").put("/api/v1/namespaces/" + path), 201));
        String administrator = token("namespace-admin:/w/team");
        int given = 0;
        long granted = 0;
        for (int step = 0; step < STEPS; step++) {
            write(random, administrator);
            assertThat(policies.awaitVersion(version, TimeLimit.seconds(20))).isTrue();
            PolicySet set = awaitGrants();
            given += BoundsOracle.check(own(set), BoundsOracle.TASKS);
            BoundsOracle.check(set, BoundsOracle.TASKS);
            granted += BoundsOracle.TASKS.stream()
                    .flatMap(task -> set.decide(task).values().stream())
                    .filter(Decision.Unbound.class::isInstance)
                    .count();
        }
        assertThat(given).as("tasks that were given something").isPositive();
        assertThat(granted).as("tasks that a grant fitted").isPositive();
    }

    /** The policies that these tests write, with all grants. */
    private static PolicySet own(PolicySet set) {
        return new PolicySet(
                        set.version(),
                        set.policies().stream()
                                .filter(policy -> policy.namespace().startsWith("/w"))
                                .toList(),
                        List.of(),
                        set.trusted(),
                        set.acceptsSelfAsserted(),
                        set.limits())
                .withGrants(set.grants());
    }

    /** The policies, once the controller has read the newest grant. */
    private PolicySet awaitGrants() {
        await().atMost(TimeLimit.seconds(20))
                .until(() -> grants.isEmpty()
                        || policies.current()
                                .grants()
                                .find(PolicyId.ofGrant(grants.getLast()))
                                .isPresent());
        return policies.current();
    }

    private void write(Random random, String administrator) {
        String own = pick(random, OWN);
        String policy = "/policies/p" + random.nextInt(6);
        switch (random.nextInt(11)) {
            case 0, 1, 2 -> attempt(json(administrator).body(policy(random)).put(path(own) + policy));
            case 3 ->
                attempt(patch(administrator)
                        .body(new JsonObject()
                                .put("iamRoleArn", pick(random, ARNS))
                                .encode())
                        .patch(path(own) + policy));
            case 4 -> attempt(json(administrator).body(bounds(random)).put(path(pick(random, OWN.subList(1, 3)))));
            case 5 ->
                attempt(json(administrator)
                        .body(new JsonObject()
                                .put(
                                        "changes",
                                        new JsonArray()
                                                .add(change("namespace", OWN.get(1), bounds(random)))
                                                .add(change("policy", OWN.get(1), policy(random))
                                                        .put("name", "p0")))
                                .encode())
                        .post("/api/v1/policies/apply"));
            case 6, 7 -> {
                Response made = json(administrator).body(grant(random)).post(path(own) + "/grants");
                attempt(made);
                if (made.statusCode() == 201) {
                    grants.add(UUID.fromString(made.path("grantId")));
                }
            }
            case 8 -> {
                String foreign = pick(random, FOREIGN);
                boolean ofPolicy = random.nextBoolean();
                json(administrator)
                        .body(grant(random))
                        .post(path(foreign) + "/grants")
                        .then()
                        .statusCode(403);
                json(administrator)
                        .body(ofPolicy ? policy(random) : bounds(random))
                        .put(path(foreign) + (ofPolicy ? policy : ""))
                        .then()
                        .statusCode(403);
                json(administrator)
                        .body(bounds(random))
                        .put(path("w.team"))
                        .then()
                        .statusCode(403);
            }
            default -> attempt(json(SignedIn.TOKEN).body(bounds(random)).put(path(pick(random, ABOVE))));
        }
    }

    private static JsonObject change(String kind, String segment, String content) {
        return new JsonObject()
                .put("kind", kind)
                .put("action", "put")
                .put("namespace", "/" + segment.replace('.', '/'))
                .put("content", new JsonObject(content));
    }

    private static String policy(Random random) {
        JsonObject policy = new JsonObject().put("effect", random.nextInt(6) > 0 ? "allow" : "deny");
        boolean allows = policy.getString("effect").equals("allow");
        if (random.nextBoolean()) {
            policy.put("mesosRole", pick(random, BoundsOracle.ROLES));
        }
        if (random.nextBoolean()) {
            policy.put("frameworkPrincipal", pick(random, BoundsOracle.PRINCIPALS));
        }
        if (policy.size() == 1) {
            policy.put("matchAll", true);
        }
        if (allows) {
            policy.put("iamRoleArn", pick(random, ARNS))
                    .put("priority", random.nextInt(100))
                    .put("sensitive", random.nextBoolean());
            if (random.nextInt(3) > 0) {
                policy.put("leaseTtlSeconds", pick(random, List.of(3600, 86_400, 86_401)));
            }
        }
        return policy.encode();
    }

    /** A grant for the task of {@link BoundsOracle}; several names, because two grants of one name are a conflict. */
    private static String grant(Random random) {
        JsonObject grant = new JsonObject()
                .put("taskId", BoundsOracle.TASKS.getFirst().task().key().task().value())
                .put("frameworkPrincipal", pick(random, BoundsOracle.PRINCIPALS))
                .put("credentialName", "grant-" + random.nextInt(8))
                .put("iamRoleArn", pick(random, ARNS))
                .put("sensitive", random.nextBoolean())
                .put("expiresInSeconds", pick(random, List.of(3600, 86_400, 86_401)));
        if (random.nextBoolean()) {
            grant.put("mesosRole", pick(random, BoundsOracle.ROLES));
        }
        return grant.encode();
    }

    /** Most bounds are lifted, so that something can be given. */
    private static String bounds(Random random) {
        JsonObject bounds = new JsonObject();
        put(random, bounds, "iamRoleArns", list("arn:aws:iam::*:role/*data?x"), list("*"), list());
        put(random, bounds, "awsAccounts", list("123456789012"), list("210987654321", "123456789012"));
        put(random, bounds, "mesosRoles", list("eng"), list("eng/data", "ops"));
        put(random, bounds, "frameworkPrincipals", list("svc-web"), list("svc-web", "svc-ops"));
        put(random, bounds, "longestTtlSeconds", 86_400, 7200);
        put(
                random,
                bounds,
                "sessionPolicyFloor",
                new JsonArray("[{\"Effect\": \"Deny\", \"Action\": \"iam:*\", \"Resource\": \"*\"}]"));
        put(random, bounds, "trustedSelectorsOnly", true);
        put(random, bounds, "sensitiveOnly", true);
        return bounds.encode();
    }

    private static JsonArray list(String... texts) {
        return new JsonArray(List.of(texts));
    }

    private static void put(Random random, JsonObject bounds, String field, Object... values) {
        if (random.nextInt(6) == 0) {
            bounds.put(field, values[random.nextInt(values.length)]);
        }
    }

    private static RequestSpecification json(String token) {
        return given(token).contentType(ContentType.JSON).queryParam("reason", "test");
    }

    private static RequestSpecification patch(String token) {
        return given(token).contentType("application/merge-patch+json").queryParam("reason", "test");
    }

    /** A write may be refused for what it would store, and for no other reason. */
    private void attempt(Response answer) {
        accepted(answer, 200, 201, 404, 409, 422);
    }

    private void accepted(Response answer, Integer... statuses) {
        assertThat(answer.statusCode()).as(answer.asString()).isIn((Object[]) statuses);
        Optional.ofNullable(answer.header("Policy-Version"))
                .map(Long::parseLong)
                .ifPresent(now -> version = now);
    }

    private static String token(String role) {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"w-%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(UUID.randomUUID(), role, Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }

    private static String path(String segment) {
        return "/api/v1/namespaces/" + segment;
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
