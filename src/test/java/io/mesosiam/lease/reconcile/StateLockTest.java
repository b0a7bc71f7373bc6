package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class StateLockTest {
    private final StateLock monitor = new StateLock();
    private final List<String> story = new ArrayList<>();

    @Test
    void othersAreToldWhenTheLockIsFree() {
        monitor.change(() -> {
            monitor.afterwards(() -> story.add(onAnotherThread()));
            story.add("changed");
        });

        assertThat(story).containsExactly("changed", "the lock was free");
    }

    @Test
    void aChangeWithinAChangeTellsNobodyUntilTheOuterOneIsOver() {
        monitor.change(() -> {
            monitor.change(() -> monitor.afterwards(() -> story.add("told")));
            story.add("changed");
        });

        assertThat(story).containsExactly("changed", "told");
    }

    @Test
    void restThatIsLongerThanNanosecondsCanSayIsEndedByAChange() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        List<Duration> waits = new ArrayList<>(List.of(Duration.ZERO, Duration.ofDays(1_000_000)));
        CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> {
            try {
                monitor.rest(() -> {
                    asked.countDown();
                    return waits.removeLast();
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        asked.await();
        monitor.change(() -> {});

        rest.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS);
        assertThat(waits).isEmpty();
    }

    @Test
    void everybodyIsToldOnce() {
        monitor.change(() -> monitor.afterwards(() -> story.add("told")));
        monitor.change(() -> {});

        assertThat(story).containsExactly("told");
    }

    @Test
    void callAfterAChangeThatFailsStopsNoOther() {
        assertThatThrownBy(() -> monitor.change(() -> {
                    monitor.afterwards(() -> {
                        throw new IllegalStateException("first");
                    });
                    monitor.afterwards(() -> {
                        throw new StackOverflowError("second");
                    });
                    monitor.afterwards(() -> story.add("told"));
                }))
                .hasMessage("first")
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1));

        assertThat(story).containsExactly("told");
    }

    @Test
    void callsThatAFailingChangePutOffRunOnItsThreadAndCarryNoOtherFailureAway() {
        assertThatThrownBy(() -> monitor.change(() -> {
                    monitor.afterwards(() -> story.add(Thread.currentThread().getName() + " " + onAnotherThread()));
                    monitor.afterwards(() -> {
                        throw new IllegalStateException("call");
                    });
                    throw new StackOverflowError("change");
                }))
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("change")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .singleElement()
                        .satisfies(call -> assertThat(call).hasMessage("call")));

        assertThat(story).containsExactly(Thread.currentThread().getName() + " the lock was free");
        monitor.change(() -> {});
        assertThat(story).hasSize(1);
    }

    @Test
    void aChangeThatGoesWrongLeavesTheLockFree() {
        assertThatThrownBy(() -> monitor.change(() -> {
                    throw new IllegalStateException("broken on purpose");
                }))
                .hasMessage("broken on purpose");

        assertThat(onAnotherThread()).isEqualTo("the lock was free");
    }

    @Test
    void aChangeThatMakesSomethingDueEndsTheRest() throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        Duration[] wait = {Duration.ofHours(1)};
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                monitor.rest(() -> {
                    resting.countDown();
                    return wait[0];
                });
            } catch (InterruptedException e) {
                story.add("interrupted");
            }
        });
        resting.await();

        monitor.change(() -> wait[0] = Duration.ZERO);
        sleeper.join();

        assertThat(story).isEmpty();
    }

    @Test
    void aChangeThatMakesNothingDueDoesNot() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        Duration[] wait = {Duration.ofHours(1)};
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                monitor.rest(() -> {
                    asked.countDown();
                    return wait[0];
                });
            } catch (InterruptedException e) {
                story.add("interrupted");
            }
        });
        while (asked.getCount() > 0 && sleeper.isAlive()) {
            monitor.change(Thread::onSpinWait);
        }
        assertThat(sleeper.isAlive()).isTrue();

        sleeper.interrupt();
        sleeper.join();
        assertThat(story).containsExactly("interrupted");
    }

    private String onAnotherThread() {
        CompletableFuture<String> other = CompletableFuture.supplyAsync(
                () -> monitor.read(() -> "the lock was free"), Thread::startVirtualThread);
        try {
            return other.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "the lock was held";
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
