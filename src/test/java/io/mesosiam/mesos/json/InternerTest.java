package io.mesosiam.mesos.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.Task.Label;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InternerTest {
    private final Interner names = new Interner();

    @Test
    void equalNamesAreOneObject() {
        assertThat(names.framework("F".repeat(2))).isSameAs(names.framework("F".repeat(2)));
        assertThat(names.label(new Label("k", Optional.of("v"))))
                .isSameAs(names.label(new Label("k", Optional.of("v"))));
    }

    @Test
    void memoryForNamesOfManyTasksIsBounded() {
        for (int i = 0; i < 3 * Interner.MAX_SHARED; i++) {
            String value = names.text("t" + i);
            names.label(new Label(value, Optional.of(value)));
        }

        assertThat(names.size()).isLessThanOrEqualTo(2 * Interner.MAX_SHARED);
        assertThat(names.text("late".repeat(2))).isSameAs(names.text("late".repeat(2)));
    }

    @Test
    void longTextsAreNotKept() {
        String text = names.text("x".repeat(Interner.MAX_LENGTH + 1));
        Label label = names.label(new Label("k", Optional.of("x".repeat(Interner.MAX_LENGTH))));

        assertThat(names.size()).isZero();
        assertThat(text).hasSize(Interner.MAX_LENGTH + 1);
        assertThat(label.key()).isEqualTo("k");
    }
}
