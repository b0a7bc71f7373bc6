package io.mesosiam.policy.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.bounds.SessionPolicyFloor.Merged;
import io.mesosiam.policy.bounds.SessionPolicyFloor.Unmergeable;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The statements of namespaces become a part of each session policy. */
class SessionPolicyFloorTest {
    private static final String NO_IAM = "{\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"}";
    private static final SessionPolicyFloor FLOOR =
            SessionPolicyFloor.parse(" [ {\"Effect\": \"Deny\",\n\t\"Action\": \"iam:*\", \"Resource\": \"*\"} ] ");

    @Test
    void withoutASessionPolicyTheSessionStillHasTheRestOfItsRole() {
        assertThat(merged(Optional.empty(), List.of()))
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":["
                        + "{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}," + NO_IAM + "]}");
    }

    @Test
    void managedSessionPoliciesAreNotWidened() {
        assertThat(merged(Optional.empty(), List.of("arn:aws:iam::aws:policy/ReadOnlyAccess")))
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":[" + NO_IAM + "]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*"}}        | {"Effect":"Allow","Action":"s3:*"}
            {"Statement": [ {"a" : 1}, {"b":[ "x y", "\\" z"]} ], "Version": "2012-10-17"}        | {"a":1},{"b":["x y","\\" z"]}
            {"Version": "2012-10-17", "Id": {"x": 1}, "Statement": [{"Action": "ü\\u00fc"}]}      | {"Action":"ü\\u00fc"}
            """)
    void theStatementsOfTheRowComeFirstAsTheyAreWritten(String document, String statements) {
        assertThat(merged(Optional.of(document), List.of()))
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "," + NO_IAM + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Statement\": {\"Effect\": \"Allow\"}}",
                "{\"Version\": \"2008-10-17\", \"Statement\": {\"Effect\": \"Allow\"}}",
                "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\"}, \"statement\": []}",
                "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\"}, \"Statement\": {}}",
                "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\"}} {}",
                "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\"}",
                "{\"Version\": [\"2012-10-17\"], \"Statement\": {\"Effect\": \"Allow\"}}",
                "[]",
                "",
            })
    void aDocumentInWhichTheStatementsCouldMeanSomethingElseIsNotMerged(String document) {
        assertThat(FLOOR.under(gift(Optional.of(document), List.of()))).isInstanceOf(Unmergeable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "null"})
    void aDocumentWithoutStatementsDeniesEverythingAndStays(String statement) {
        String document = "{\"Version\": \"2012-10-17\", \"Statement\": " + statement + "}";

        assertThat(merged(Optional.of(document), List.of())).isEqualTo(document);
    }

    @ParameterizedTest
    @CsvSource({"2048, true", "2049, false"})
    void theResultHasAsManyCharactersAsStsAccepts(int length, boolean merged) {
        String around = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Action\":\"\"}," + NO_IAM + "]}";
        String document = "{\"Version\": \"2012-10-17\", \"Statement\": {\"Action\": \""
                + "x".repeat(length - around.length()) + "\"}}";

        assertThat(FLOOR.under(gift(Optional.of(document), List.of())) instanceof Merged)
                .isEqualTo(merged);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "[{]", "[{}] x", "", "[{\"a\": 1, \"a\": 2}]"})
    void aFloorIsAListOfStatements(String json) {
        assertThatThrownBy(() -> SessionPolicyFloor.parse(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("session_policy_floor: ");
    }

    private static String merged(Optional<String> document, List<String> arns) {
        return ((Merged) FLOOR.under(gift(document, arns)))
                .entitlement()
                .sessionPolicy()
                .orElseThrow();
    }

    private static Entitlement gift(Optional<String> document, List<String> arns) {
        Entitlement plain = Entitlement.of(new IamRole("arn:aws:iam::123456789012:role/data"));
        return plain.with(draft -> {
            draft.sessionPolicy = document;
            draft.sessionPolicyArns = arns;
        });
    }
}
