package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Unexpected failures are counted, and dialling goes on. */
class LinkFailuresTest extends LinkFixture {
    @Test
    void errorBeforeTheHelloDoesNotStopDialling() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(
                    () -> {
                        if (calls.getAndIncrement() == 0) {
                            throw new StackOverflowError("thrown by the test");
                        }
                    },
                    new DialPlan(List.of(controller.uri()), AT_ONCE),
                    System::nanoTime);
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }

    @Test
    void errorWhileTheNextControllerIsChosenDoesNotStopDialling() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(() -> {}, new DialPlan(List.of(controller.uri()), AT_ONCE), () -> {
                // the first call is the constructor's
                if (calls.getAndIncrement() == 1) {
                    throw new ArithmeticException("thrown by the test");
                }
                return System.nanoTime();
            });
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }

    @Test
    void errorWhileAStreamsEndIsNotedDoesNotStopDialling() throws Exception {
        AtomicInteger identities = new AtomicInteger();
        AtomicInteger waits = new AtomicInteger();
        RandomGenerator broken = () -> {
            if (waits.getAndIncrement() == 0) {
                throw new LinkageError("thrown by the test");
            }
            return 0;
        };
        try (FakeController controller = new FakeController(ca, ofController)) {
            link = link(
                    () -> {
                        if (identities.getAndIncrement() == 0) {
                            throw new IOException("no Mesos agent yet");
                        }
                    },
                    new DialPlan(List.of(controller.uri()), broken),
                    System::nanoTime);
            link.start(running::get);

            greeted(controller);
            assertThat(failures.count()).isEqualTo(1);
        }
    }
}
