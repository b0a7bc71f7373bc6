package io.mesosiam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IndexKeyTest {
    @Test
    void attributeValuesThatMesosTreatsAsTheSameHaveOnePlace() {
        assertThat(place("{b, a}")).isEqualTo(place("{a,b}"));
        assertThat(place("109")).isEqualTo(place("109.0"));
        assertThat(place("[1-5, 6-9]")).isEqualTo(place("[1-9]"));
        assertThat(place("r1")).isNotEqualTo(place("r2"));
    }

    @Test
    void thePlaceOfALargeSetIsAsSmallAsThatOfANumber() {
        String items = IntStream.range(0, 300).mapToObj(Integer::toString).collect(Collectors.joining(",", "{", "}"));

        assertThat(place(items).toString().length())
                .isLessThanOrEqualTo(place("109").toString().length() + 10);
    }

    private static IndexKey place(String value) {
        return IndexKey.of(new Selector.AgentAttribute("rack", Optional.of(value)))
                .orElseThrow();
    }
}
