package io.mesosiam.admin.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.Json;
import io.mesosiam.admin.Refused.Fault;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds that no IAM role can be within are found, and no others. */
class ImpossibleBoundsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            {"iamRoleArns": ["*"]}                                                                              | -
            {"iamRoleArns": ["arn:aws:iam::123456789012:role/*"]}                                               | -
            {"iamRoleArns": ["arn:aws*:iam::*:role/data-?", "*-reader"]}                                        | -
            {"iamRoleArns": ["arn:aws-us-gov:iam::????????????:role/path/x"]}                                   | -
            {"iamRoleArns": ["arn:aws:iam::*"], "awsAccounts": ["123456789012"]}                                | -
            {"iamRoleArns": ["?rn:aws:iam::1234*"]}                                                             | -
            {"iamRoleArns": [], "awsAccounts": []}                                                              | -
            {"iamRoleArns": [], "awsAccounts": ["123456789012"]}                                                | -
            {"iamRoleArns": ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::123456789012:role/*"], "awsAccounts": ["123456789012"]} | -
            {}                                                                                                  | -
            {"iamRoleArns": ["role/data-*"]}                                                                    | iamRoleArns
            {"iamRoleArns": ["data-*", "*"]}                                                                    | iamRoleArns
            {"iamRoleArns": ["arn:aws:iam:123456789012:role/*"]}                                                | iamRoleArns
            {"iamRoleArns": ["arn:aws:iam::12345678901:role/*"]}                                                | iamRoleArns
            {"iamRoleArns": ["arn:aws:iam::123456789012:user/*"]}                                               | iamRoleArns
            {"iamRoleArns": ["arn:aws:iam::123456789012:role/"]}                                                | iamRoleArns
            {"iamRoleArns": ["arn:aws:sts::*"]}                                                                 | iamRoleArns
            {"viaRoleArns": ["hub"]}                                                                            | viaRoleArns
            {"iamRoleArns": ["arn:aws:iam::111122223333:role/*"], "awsAccounts": ["123456789012"]}              | awsAccounts
            """)
    void boundThatNoRoleCanBeWithinIsAFault(String document, String field) {
        NamespaceContent content =
                NamespaceContent.read(Json.read(document).orElseThrow()).content();

        assertThat(ImpossibleBounds.of(content))
                .extracting(Fault::field)
                .isEqualTo(field == null ? List.of() : List.of(field));
    }
}
