package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.Authority;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Join tokens and hosts in the API. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class HostApiTest {
    @Inject
    Pool pool;

    @Inject
    HostAuthorities authorities;

    /** A root, as {@code ca init} stores it. */
    private void root() {
        Authority root = Authority.of(Authority.makeRoot(Instant.now()));
        var _ = pool.withConnection(connection -> connection
                        .preparedQuery(
                                "insert into authority (kind, certificate, fingerprint, expires_at) values ('root', $1, $2, $3)")
                        .execute(Tuple.of(
                                Buffer.buffer(Pem.der(root.certificate())),
                                Buffer.buffer(Pem.fingerprint(root.certificate())),
                                root.expiresAt().atOffset(ZoneOffset.UTC))))
                .await()
                .indefinitely();
        Awaitility.await().atMost(TimeLimit.seconds(20)).until(() -> authorities
                .pin(new X500Principal("CN=other"), Instant.now())
                .equals(Optional.of(Pem.pin(root.certificate()))));
    }

    @Test
    void tokenIsShownOnceAndRevoked() {
        root();
        String text = given().contentType(ContentType.JSON)
                .body("{\"hostname\": \"shown.api.example\", \"expiresInSeconds\": 600}")
                .post("/api/v1/join-tokens?reason=test")
                .then()
                .statusCode(201)
                .header("Cache-Control", "no-store")
                .body("token", startsWith("mij_"))
                .body("uses", equalTo(1))
                .body("valid", equalTo(true))
                .extract()
                .path("token");
        JoinToken token = JoinToken.parse(text).orElseThrow();
        assertThat(text)
                .endsWith("_"
                        + authorities
                                .pin(new X500Principal("CN=other"), Instant.now())
                                .orElseThrow());

        given().queryParam("filter", "{\"hostname\": \"shown.api.example\"}")
                .get("/api/v1/join-tokens")
                .then()
                .statusCode(200)
                .body("items[0].joinTokenId", equalTo(token.id().toString()))
                .body("items[0].token", nullValue());
        given().delete("/api/v1/join-tokens/" + token.id() + "?reason=test")
                .then()
                .statusCode(200)
                .body("valid", equalTo(false))
                .body("revokedBy", matchesPattern("token:.*"));
        given().delete("/api/v1/join-tokens/" + token.id() + "?reason=again")
                .then()
                .statusCode(200);
        given().get("/api/v1/audit-events?object=join-token:" + token.id())
                .then()
                .body("items.kind", hasItem("join-token.created"))
                .body("items.kind", hasItem("join-token.revoked"));
    }

    @Test
    void dryRunMakesNoToken() {
        root();
        given().contentType(ContentType.JSON)
                .body("{\"hostname\": \"dry-*.api.example\", \"uses\": 7}")
                .post("/api/v1/join-tokens?reason=test&dryRun=server")
                .then()
                .statusCode(200)
                .body("uses", equalTo(7))
                .body("token", nullValue());

        given().queryParam("filter", "{\"hostname\": \"dry-*.api.example\"}")
                .get("/api/v1/join-tokens")
                .then()
                .body("items.size()", equalTo(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                       | hostname
            {"hostname": "Host 1"}                                   | hostname
            {"hostname": "*.example"}                                | hostname
            {"hostname": "h.example", "uses": 2}                     | uses
            {"hostname": "*.h.example", "uses": 10001}               | uses
            {"hostname": "h.example", "expiresInSeconds": 59}        | expiresInSeconds
            {"hostname": "h.example", "count": 1}                    | count
            """)
    void wrongFieldIsNamed(String body, String field) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/join-tokens?reason=test")
                .then()
                .statusCode(422)
                .body("errors.field", hasItem(field));
    }

    @Test
    void nameThatNoHostHasIsEvictedOnlyOnRequest() {
        String path = "/api/v1/hosts/typing-error.api.example/evict?reason=stolen";
        for (String dry : List.of("", "&dryRun=server")) {
            given().post(path + dry)
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("not-found"))
                    .body("errors[0].field", equalTo("hostname"))
                    .body("errors[0].message", containsString("unknown=true"));
        }
        given().post(path + "&unknown=yes").then().statusCode(400).body("errors.field", hasItem("unknown"));

        given().queryParam("filter", "{\"hostname\": \"typing-error.api.example\"}")
                .get("/api/v1/hosts")
                .then()
                .body("items.size()", equalTo(0));
    }

    @Test
    void hostThatIsRegisteredWithTheMasterIsEvictedAlthoughItHasNotEnrolled() {
        given().post("/api/v1/hosts/HOST1.mesos.test/evict?reason=stolen&dryRun=server")
                .then()
                .statusCode(200)
                .body("evicted", equalTo(true));
    }

    @Test
    void hostIsEvictedAndMayEnrolAgain() {
        String path = "/api/v1/hosts/EVICTED.api.example/evict";
        given().post(path + "?reason=stolen&unknown=true&dryRun=server")
                .then()
                .statusCode(200)
                .body("evicted", equalTo(true));
        given().delete(path + "?reason=x").then().statusCode(404);

        given().post(path + "?reason=stolen&unknown=true")
                .then()
                .statusCode(200)
                .body("hostname", equalTo("evicted.api.example"))
                .body("evicted", equalTo(true))
                .body("evictionReason", equalTo("stolen"))
                .body("connected", equalTo(false));
        given().post(path + "?reason=again").then().statusCode(200).body("evictionReason", equalTo("stolen"));
        given().queryParam("filter", "{\"evicted\": true}")
                .get("/api/v1/hosts?fields=hostname,evicted")
                .then()
                .statusCode(200)
                .body("items.hostname", hasItem("evicted.api.example"));

        given().delete(path + "?reason=found").then().statusCode(200).body("evicted", equalTo(false));
        given().get("/api/v1/audit-events?object=host:evicted.api.example")
                .then()
                .body("items.kind", hasItem("host.evicted"))
                .body("items.kind", hasItem("host.readmitted"))
                .body("items[0].detail.reason", equalTo("found"));
        given().post("/api/v1/hosts/not a name/evict?reason=x").then().statusCode(400);
    }

    @Test
    void hostIsListedAmongMoreThanAreReadAtATime() {
        execute(
                "insert into host (hostname) select 'h' || to_char(i, 'FM0000') || '.many.example' from generate_series(1, 1500) i");

        given().queryParam("filter", "{\"hostname\": \"h1500.many.example\"}")
                .get("/api/v1/hosts")
                .then()
                .body("items.hostname", contains("h1500.many.example"))
                .body("next", nullValue());
        given().queryParam("filter", "{\"evicted\": false}")
                .get("/api/v1/hosts?limit=1000")
                .then()
                .body("items.size()", equalTo(1000))
                .body("next", notNullValue());
        execute("delete from host where hostname like '%.many.example'");
    }

    @Test
    void joinTokenIsListedAmongMoreThanAreReadAtATime() {
        execute(
                "insert into join_token (hash, hostname, expires_at) select sha256(cast(i as text)::bytea),"
                        + " 'h' || to_char(i, 'FM0000') || '.many.example', now() + interval '1 hour' from generate_series(1, 1500) i");

        for (String host : List.of("h0001.many.example", "h1500.many.example")) {
            given().queryParam("filter", "{\"hostname\": \"" + host + "\"}")
                    .get("/api/v1/join-tokens")
                    .then()
                    .body("items.hostname", contains(host));
        }
        execute("delete from join_token where hostname like '%.many.example'");
    }

    private void execute(String sql) {
        var unused = pool.query(sql).execute().await().atMost(TimeLimit.seconds(20));
    }
}
