package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitedBodyTest {
    private final LimitedBody body = new LimitedBody(8, Duration.ofHours(1));

    @Test
    void bodyOfTheLimitIsCollected() {
        assertThat(body.write(Buffer.buffer("1234")).succeeded()).isTrue();
        assertThat(body.write(Buffer.buffer("5678")).succeeded()).isTrue();
        body.end(_ -> {});

        assertThat(body.result().result()).hasToString("12345678");
    }

    @Test
    void longerBodyFails() {
        assertThat(body.write(Buffer.buffer("1234")).succeeded()).isTrue();
        assertThat(body.write(Buffer.buffer("56789")).failed()).isTrue();
        assertThat(body.write(Buffer.buffer("5")).failed()).isTrue();
        body.end(_ -> {});

        assertThat(body.result().cause()).hasMessageContaining("more than 8 bytes");
    }

    @Test
    void partAfterTheTimeFails() {
        LimitedBody late = new LimitedBody(8, Duration.ofNanos(-1));

        assertThat(late.write(Buffer.buffer("1")).failed()).isTrue();
        late.end(_ -> {});

        assertThat(late.result().cause()).hasMessageContaining("takes longer");
    }
}
