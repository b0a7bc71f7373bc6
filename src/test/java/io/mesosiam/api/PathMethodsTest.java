package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.api.PathMethods.Operation;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathMethodsTest {
    private final PathMethods paths = new PathMethods(List.of(
            new Operation("GET", "/v1/tokens"),
            new Operation("POST", "/v1/tokens"),
            new Operation("DELETE", "/v1/tokens/{id}"),
            new Operation("GET", "/v1/tokens/caller"),
            new Operation("POST", "/v1/tokens/{token}/lift"),
            new Operation("GET", "/v1/{kind}/caller")));

    @Test
    void pathHasItsOwnMethodsAlone() {
        assertThat(paths.of("/v1/tokens")).contains(Set.of("GET", "HEAD", "POST", "OPTIONS"));
        assertThat(paths.of("/v1/tokens/")).contains(Set.of("GET", "HEAD", "POST", "OPTIONS"));
        assertThat(paths.of("/v1/tokens/1")).contains(Set.of("DELETE", "OPTIONS"));
        assertThat(paths.of("/v1/tokens/a%2Flift")).contains(Set.of("DELETE", "OPTIONS"));
        assertThat(paths.of("/v1/tokens/1/lift")).contains(Set.of("POST", "OPTIONS"));
    }

    @Test
    void textOfAPathCountsBeforeAParameter() {
        assertThat(paths.of("/v1/tokens/caller")).contains(Set.of("GET", "HEAD", "OPTIONS"));
        assertThat(paths.of("/v1/others/caller")).contains(Set.of("GET", "HEAD", "OPTIONS"));
    }

    @Test
    void otherPathsHaveNone() {
        assertThat(paths.of("/v1")).isEmpty();
        assertThat(paths.of("/v1/tokens//lift")).isEmpty();
        assertThat(paths.of("/v1/tokens/1/2")).isEmpty();
    }
}
