package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.store.PolicyBudget.Size;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which policies a controller does not read for lack of memory. */
class PolicyBudgetTest {
    private static final PolicyBudget BUDGET = new PolicyBudget(100);

    @Test
    void rowsThatFitAreAllRead() {
        assertThat(BUDGET.omitted(List.of())).isEmpty();
        assertThat(BUDGET.omitted(List.of(row(1, "/", 60), row(2, "/data", 40))))
                .isEmpty();
    }

    @Test
    void largestRowsOfTheNamespaceThatHasMostAreNotRead() {
        assertThat(BUDGET.omitted(
                        List.of(row(1, "/", 50), row(2, "/data", 30), row(3, "/data", 31), row(4, "/data", 1))))
                .isEqualTo(Set.of(id(3)));
    }

    @Test
    void namespacesBelowCountForTheirTopmostOne() {
        assertThat(BUDGET.omitted(List.of(
                        row(1, "/", 39), row(2, "/data/a", 20), row(3, "/data/b", 21), row(4, "/database", 40))))
                .isEqualTo(Set.of(id(3)));
    }

    @Test
    void rowThatDoesNotFitAloneIsNotRead() {
        assertThat(BUDGET.omitted(List.of(row(1, "/", 101)))).isEqualTo(Set.of(id(1)));
    }

    private static Size row(int number, String namespace, long bytes) {
        return new Size(id(number), namespace, bytes);
    }

    private static UUID id(int number) {
        return new UUID(0, number);
    }
}
