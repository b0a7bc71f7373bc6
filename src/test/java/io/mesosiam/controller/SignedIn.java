package io.mesosiam.controller;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;

/** Requests of tests that have signed in, in place of RestAssured's own {@code given()}. */
public final class SignedIn {
    /** The bootstrap token of {@link ClusterForController}, an admin's. */
    public static final String TOKEN = "mia_test0bootstrap0test0bootstrap0test0bootstra";

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
