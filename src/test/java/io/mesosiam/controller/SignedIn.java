package io.mesosiam.controller;

import io.mesosiam.fakes.TestDatabase;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.util.List;

/** Requests of tests that have signed in, in place of RestAssured's own {@code given()}. */
public final class SignedIn {
    /** The token of an admin in the database of {@link ClusterForController}. */
    public static final String TOKEN = token("admin");

    /** The statement that gives a database this token, with these roles, until an hour from now. */
    private static String row(String name, String token, String roles) {
        return "insert into api_token (name, hash, roles, expires_at) values ('%s', sha256('%s'), '{%s}', now() + interval '1 hour')"
                .formatted(name, token, roles);
    }

    /** The token of this bearer in tests. */
    static String token(String bearer) {
        return "mia_" + ("test-token-of-" + bearer + "-").repeat(4).substring(0, 43);
    }

    /** Gives a database the tokens of all roles, an expired one and a revoked one. */
    static void addTokens(TestDatabase database) {
        for (String role : List.of("viewer", "operator", "namespace-admin", "spawner", "admin", "auditor")) {
            database.execute(row(role, token(role), role));
        }
        database.execute(row("expired", token("expired"), "admin").replace("1 hour", "1 microsecond"));
        database.execute(row("revoked", token("revoked"), "admin"));
        database.execute("update api_token set revoked_at = now() where name = 'revoked'");
    }

    private SignedIn() {}

    /** A request of an admin. */
    public static RequestSpecification given() {
        return given(TOKEN);
    }

    /** A request with this token. */
    public static RequestSpecification given(String token) {
        return RestAssured.given().header("Authorization", "Bearer " + token);
    }
}
