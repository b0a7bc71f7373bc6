package io.mesosiam.api.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.grant.LaunchGrants;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GrantRequestSchemaTest {
    @Test
    void describesEveryFieldThatRequestsMayHave() {
        assertThat(Arrays.stream(GrantRequestSchema.class.getRecordComponents()).map(RecordComponent::getName))
                .containsExactlyInAnyOrderElementsOf(LaunchGrants.FIELDS);
    }
}
