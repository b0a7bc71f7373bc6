package io.mesosiam.api.list;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.Policies;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyPageTest {
    @Test
    void aPageHasTheFirstHundredRowsThatCannotBeUsedByNameAndTheNumberOfAll() {
        PolicyPage page = PolicyPage.of(1, new ListParameters.Page<>(List.of(), null), rows(150));

        assertThat(page.rejected())
                .extracting(PolicyPage.Rejected::name)
                .hasSize(100)
                .isSorted()
                .startsWith("bad-1000")
                .endsWith("bad-1099");
        assertThat(page.rejectedCount()).isEqualTo(150);
    }

    /** The last name is first. */
    private static List<RejectedRow> rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "bad-" + (1000 + count - 1 - i))
                .map(name -> new RejectedRow(
                        Policies.id(name),
                        name,
                        Optional.empty(),
                        "effect: 'x' is not known",
                        RejectedRow.Consequence.NONE))
                .toList();
    }
}
