package io.mesosiam.api.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.namespace.NamespaceField;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NamespaceContentSchemaTest {
    @Test
    void describesEveryFieldThatRequestsMayHave() {
        assertThat(Arrays.stream(NamespaceContentSchema.class.getRecordComponents())
                        .map(RecordComponent::getName))
                .containsExactlyElementsOf(Arrays.stream(NamespaceField.values())
                        .map(NamespaceField::json)
                        .toList());
    }
}
