package io.mesosiam.api.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.admin.Precondition;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {
    private final Parameters parameters = new Parameters();

    @Test
    void headersAreReadAsConditions() {
        assertThat(EntityTags.precondition(null, null, parameters)).isEqualTo(new Precondition.None());
        assertThat(EntityTags.precondition("*", null, parameters)).isEqualTo(new Precondition.Exists());
        assertThat(EntityTags.precondition(null, "*", parameters)).isEqualTo(new Precondition.Absent());
        assertThat(EntityTags.precondition("\"a.1\", \"b.2\"", null, parameters))
                .isEqualTo(new Precondition.Is(List.of("a.1", "b.2")));
        assertThat(EntityTags.precondition("\"a,\",\",\"\t,\"\"", null, parameters))
                .isEqualTo(new Precondition.Is(List.of("a,", ",", "")));
        assertThat(EntityTags.precondition("W/\"a.1\", \"b.2\"", null, parameters))
                .isEqualTo(new Precondition.Is(List.of("b.2")));
        parameters.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.1", "w/\"a.1\"", "W/a.1", "\"a.1\",", "\"a\" \"b\"", "\"a\nb\"", "* , \"a\""})
    void otherFormsAreRefused(String ifMatch) {
        var _ = EntityTags.precondition(ifMatch, null, parameters);

        assertThatThrownBy(parameters::check).isInstanceOf(ProblemException.class);
    }

    @Test
    void bothHeadersAtOnceHoldOfNoObject() {
        Precondition both = EntityTags.precondition("*", "*", parameters);

        parameters.check();
        assertThat(both.holds(Optional.empty())).isFalse();
        assertThat(both.holds(Optional.of("a.1"))).isFalse();
    }
}
