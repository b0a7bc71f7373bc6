package io.mesosiam.agent.hostrole;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StsRegionTest {
    @ParameterizedTest
    @CsvSource({
        "us-east-1, aws, https://sts.us-east-1.amazonaws.com",
        "ap-southeast-2, aws, https://sts.ap-southeast-2.amazonaws.com",
        "us-gov-west-1, aws-us-gov, https://sts.us-gov-west-1.amazonaws.com",
        "cn-north-1, aws-cn, https://sts.cn-north-1.amazonaws.com.cn"
    })
    void eachRegionHasItsEndpoint(String region, String partition, String endpoint) {
        assertThat(StsRegion.of(region)).hasValueSatisfying(sts -> {
            assertThat(sts.region()).isEqualTo(region);
            assertThat(sts.partition()).isEqualTo(partition);
            assertThat(sts.endpoint()).hasToString(endpoint);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "us-iso-east-1",
                "us-isob-east-1",
                "eusc-de-east-1",
                "evil.example/x-1",
                "us-east-1\n",
                "US-EAST-1"
            })
    void otherTextsHaveNone(String region) {
        assertThat(StsRegion.of(region)).isEmpty();
    }
}
