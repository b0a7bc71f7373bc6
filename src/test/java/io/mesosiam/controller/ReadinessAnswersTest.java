package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

/** Checks that are down, and checks that don't answer. */
class ReadinessAnswersTest {
    private static final Duration LONG = TimeLimit.seconds(20);

    private final AtomicLong nanos = new AtomicLong();
    private final Part aws = new Part("aws");
    private final Part mesos = new Part("mesos");
    private final ReadinessAnswers answers = new ReadinessAnswers(List.of(mesos, aws), nanos::get);

    /** A check that tells when it is called, and answers once it is released. */
    private static final class Part implements HealthCheck {
        private final String name;
        private boolean up = true;
        private volatile CountDownLatch release = new CountDownLatch(0);
        private volatile CountDownLatch begun = new CountDownLatch(1);

        Part(String name) {
            this.name = name;
        }

        @Override
        public HealthCheckResponse call() {
            begun.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return HealthCheckResponse.named(name).status(up).build();
        }
    }

    @Test
    void controllerIsReadyIfNoCheckIsDown() {
        assertThat(answers.notReady()).containsExactly("not-checked-yet");
        mesos.up = false;
        aws.up = false;
        answers.read();
        assertThat(answers.notReady()).containsExactly("aws", "mesos");

        mesos.up = true;
        aws.up = true;
        answers.read();

        assertThat(answers.notReady()).isEmpty();
    }

    @Test
    void checkThatDoesNotAnswerIsNamedAfterTenSeconds() throws Exception {
        aws.up = false;
        answers.read();
        CompletableFuture<Void> reading = hangs(mesos);

        nanos.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
        assertThat(answers.notReady()).containsExactly("aws");
        nanos.incrementAndGet();
        assertThat(answers.notReady()).containsExactly("aws", "mesos");

        mesos.release.countDown();
        reading.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(answers.notReady()).containsExactly("aws");
    }

    @Test
    void checkThatHasNeverAnsweredIsNamedByItsClass() throws Exception {
        CompletableFuture<Void> reading = hangs(mesos);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThat(answers.notReady()).containsExactly("Part", "not-checked-yet");

        mesos.release.countDown();
        reading.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void checkThatFailsIsNotWaitedFor() {
        ReadinessAnswers failing = new ReadinessAnswers(
                List.of(() -> {
                    throw new IllegalStateException("no answer");
                }),
                nanos::get);
        assertThatThrownBy(failing::read).hasMessage("no answer");
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThat(failing.notReady()).containsExactly("not-checked-yet");
    }

    private CompletableFuture<Void> hangs(Part part) throws Exception {
        part.release = new CountDownLatch(1);
        part.begun = new CountDownLatch(1);
        CompletableFuture<Void> reading = CompletableFuture.runAsync(answers::read);
        assertThat(part.begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return reading;
    }
}
