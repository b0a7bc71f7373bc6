package io.mesosiam.api.list;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.api.Parameters;
import io.mesosiam.api.grant.GrantsResource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListParametersTest {
    /** An empty page would say that there is none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"endReason\": \"expired\"} | true",
                "{\"endReason\": null} | true",
                "{\"endReason\": \"expierd\"} | false",
                "{\"endReason\": \"\"} | false",
                "{\"endReason\": 1} | false",
                "{\"madeBy\": \"anything\"} | true"
            })
    void filterHasAValueThatTheFieldCanHave(String filter, boolean accepted) {
        Parameters parameters = new Parameters();
        ListRequest request = new ListRequest();
        request.filter = filter;

        request.of(GrantsResource.GRANTS, parameters);

        assertThat(parameters.isClean()).isEqualTo(accepted);
    }
}
