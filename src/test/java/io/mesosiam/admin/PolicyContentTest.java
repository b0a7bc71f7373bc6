package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.Refused.Fault;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyContentTest {
    private static final PolicyContent STORED =
            content("{\"effect\": \"allow\", \"externalId\": \"stored\", \"tags\": {\"a\": \"1\", \"b\": \"2\"}}");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                        | effect
            {"effect": null}                                          | effect
            {"effect": 7}                                             | effect
            {"effect": "deny", "Effect": "deny"}                      | Effect
            {"effect": "deny", "priority": 1.5}                       | priority
            {"effect": "deny", "priority": 2147483648}                | priority
            {"effect": "deny", "enabled": "true"}                     | enabled
            {"effect": "deny", "sessionLengthSeconds": -1}            | sessionLengthSeconds
            {"effect": "deny", "leaseTtlSeconds": 1000000001}         | leaseTtlSeconds
            {"effect": "deny", "labels": {"a": "b"}}                  | labels
            {"effect": "deny", "tags": []}                            | tags
            {"effect": "deny", "transitiveTags": ["a", 1]}            | transitiveTags
            {"effect": "deny", "tags": {"a": "\\u0000"}}              | tags
            {"effect": "deny", "image": "\\ud800"}                    | image
            {"effect": "deny", "hasExternalId": "yes"}                | hasExternalId
            {"effect": "deny", "externalId": "x", "hasExternalId": false} | hasExternalId
            """)
    void wrongFieldIsNamed(String document, String field) {
        assertThat(PolicyContent.read(Json.read(document).orElseThrow(), Optional.empty()))
                .isInstanceOfSatisfying(PolicyContent.Read.Faulty.class, faulty -> assertThat(faulty.faults())
                        .extracting(Fault::field)
                        .containsExactly(field));
    }

    @Test
    void externalIdStaysIfTheDocumentStatesThatThereIsOne() {
        var kept = PolicyContent.read(
                Json.read("{\"effect\": \"allow\", \"hasExternalId\": true}").orElseThrow(), Optional.of(STORED));
        var removed = PolicyContent.read(Json.read("{\"effect\": \"allow\"}").orElseThrow(), Optional.of(STORED));

        assertThat(kept).isInstanceOfSatisfying(PolicyContent.Read.Content.class, read -> assertThat(
                        read.content().values())
                .containsKey(PolicyField.EXTERNAL_ID));
        assertThat(removed).isInstanceOfSatisfying(PolicyContent.Read.Content.class, read -> assertThat(
                        read.content().values())
                .doesNotContainKey(PolicyField.EXTERNAL_ID));
    }

    @Test
    void documentOfAContentReadsAsTheSameContent() {
        assertThat(PolicyContent.read(STORED.document(), Optional.of(STORED)))
                .isEqualTo(new PolicyContent.Read.Content(STORED));
    }

    @Test
    void patchMergesObjectsAndRemovesNulls() {
        assertThat(STORED.patched(Json.read("{\"tags\": {\"a\": null, \"c\": \"3\"}, \"externalId\": null}")
                        .orElseThrow()))
                .isEqualTo(new PolicyContent.Read.Content(
                        content("{\"effect\": \"allow\", \"tags\": {\"b\": \"2\", \"c\": \"3\"}}")));
    }

    @Test
    void textFormHasNoValues() {
        assertThat(STORED.toString()).doesNotContain("stored").contains("EXTERNAL_ID");
    }

    private static PolicyContent content(String document) {
        return switch (PolicyContent.read(Json.read(document).orElseThrow(), Optional.empty())) {
            case PolicyContent.Read.Content read -> read.content();
            case PolicyContent.Read.Faulty faulty -> throw new AssertionError(faulty);
        };
    }
}
