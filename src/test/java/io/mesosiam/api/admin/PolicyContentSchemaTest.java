package io.mesosiam.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyField;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PolicyContentSchemaTest {
    @Test
    void describesEveryFieldThatRequestsMayHave() {
        assertThat(Arrays.stream(PolicyContentSchema.class.getRecordComponents())
                        .map(RecordComponent::getName))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Arrays.stream(PolicyField.values()).map(PolicyField::json),
                                Stream.of(PolicyContent.HAS_EXTERNAL_ID))
                        .toList());
    }
}
