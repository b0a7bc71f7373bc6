package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderClaimsTest {
    @ParameterizedTest(name = "{0} of {1} is {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
            groups                | {"groups": ["admin", "data leads"]}                | admin;data leads
            groups                | {"groups": "admin"}                                | admin
            groups                | {"groups": "guests admin"}                         | guests admin
            groups                | {"groups": {"name": "an admin group"}}             | ``
            groups                | {"groups": {"admin": true}}                        | ``
            groups                | {"groups": [["admin"], {"a": "admin"}, 1, null, "x"]} | x
            groups                | {"groups": 1}                                      | ``
            groups                | {"groups": null}                                   | ``
            groups                | {"groups": " "}                                    | ``
            groups                | {"group": ["admin"]}                               | ``
            realm/roles           | {"realm": {"roles": ["admin"]}}                    | admin
            realm/roles           | {"realm": ["roles"], "roles": ["admin"]}           | ``
            realm/roles           | {"realm/roles": ["admin"]}                         | ``
            "https://x.y/roles"   | {"https://x.y/roles": ["admin"]}                   | admin
            a/"b/c"               | {"a": {"b/c": "admin"}}                            | admin
            scope                 | {"scope": "read admin"}                            | admin;read
            /                     | {"": ["admin"]}                                    | ``
            """)
    void valuesAreThoseThatTheProviderListed(String path, String claims, String values) {
        assertThat(String.join(
                        ";",
                        ProviderClaims.of(token(claims)).orElseThrow().values(path).stream()
                                .sorted()
                                .toList()))
                .isEqualTo(values);
    }

    @ParameterizedTest(name = "{0} is for the API: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"aud": "api"}            | true
            {"aud": ["other", "api"]} | true
            {"aud": "client"}         | false
            {"aud": "api client"}     | false
            {"aud": {"api": "api"}}   | false
            {}                        | false
            """)
    void audienceIsComparedAsAWhole(String claims, boolean isFor) {
        assertThat(ProviderClaims.of(token(claims)).orElseThrow().isFor("api")).isEqualTo(isFor);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a.b.c.d", "a.!.c", "a.e30", "a.W10.c"})
    void otherTextHasNoClaims(String token) {
        assertThat(ProviderClaims.of(token)).isEmpty();
    }

    @Test
    void aDeepClaimIsBounded() {
        assertThat(ProviderClaims.of(token("{\"groups\": " + "[".repeat(2_000) + "]".repeat(2_000) + "}")))
                .isEmpty();
    }

    private static String token(String claims) {
        return "e30."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".c2ln";
    }
}
