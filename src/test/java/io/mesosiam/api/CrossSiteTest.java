package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossSiteTest {
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            GET    | Host=a:1; Origin=https://evil.example                    | false
            GET    | Host=a:1; Cookie=q_session=x                             | false
            POST   | Host=a:1                                                 | false
            POST   | Host=a:1; Origin=https://evil.example                    | true
            POST   | Host=a:1; Origin=null                                    | true
            POST   | Host=a:1; Origin=https://a:2                             | true
            POST   | Host=a:1; Origin=https://A:1                             | false
            DELETE | Host=a:1; Sec-Fetch-Site=cross-site                      | true
            DELETE | Host=a:1; Sec-Fetch-Site=same-site                       | true
            DELETE | Host=a:1; Sec-Fetch-Site=same-origin                     | false
            PUT    | Host=a:1; Cookie=q_session=x                             | true
            PUT    | Host=a:1; Cookie=q_session=x; X-Mesos-Iam-Request=1      | false
            PUT    | Host=a:1; Cookie=q_session=x; Authorization=Bearer mia_x | false
            PATCH  | Host=a:1; Authorization=Bearer mia_x; Origin=https://b   | true
            """)
    void changeThatAnotherSiteCouldSendIsRefused(String method, String headers, boolean refused) {
        Map<String, String> given = Arrays.stream(headers.split("; "))
                .map(header -> header.split("=", 2))
                .collect(Collectors.toMap(header -> header[0], header -> header[1]));

        assertThat(CrossSite.refuses(method, given::get)).isEqualTo(refused);
    }
}
