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
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class StateLockTest {
    private final List<String> state = new ArrayList<>();
    private final StateLock<List<String>> stateLock = new StateLock<>(() -> List.copyOf(state));
    private final List<String> story = new ArrayList<>();

    @Test
    void restLongerThanTheRangeOfNanosecondsIsEndedByAChange() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        List<Duration> waits = new ArrayList<>(List.of(Duration.ZERO, Duration.ofDays(1_000_000)));
        CompletableFuture<Void> rest = CompletableFuture.runAsync(() -> {
            try {
                stateLock.rest(() -> {
                    asked.countDown();
                    return waits.removeLast();
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        asked.await();
        stateLock.change(() -> {});

        rest.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS);
        assertThat(waits).isEmpty();
    }

    @Test
    void changePublishesItsSnapshotWhenItEnds() {
        List<List<String>> during = new ArrayList<>();

        stateLock.change(() -> {
            state.add("one");
            stateLock.change(() -> state.add("two"));
            during.add(stateLock.published());
        });

        assertThat(during).containsExactly(List.of());
        assertThat(stateLock.published()).containsExactly("one", "two");
    }

    @Test
    void failedChangePublishesItsSnapshot() {
        assertThatThrownBy(() -> stateLock.change(() -> {
                    state.add("one");
                    throw new IllegalStateException("broken on purpose");
                }))
                .hasMessage("broken on purpose");

        assertThat(stateLock.published()).containsExactly("one");
    }

    @Test
    void snapshotIsReadWhileAnotherThreadHoldsTheLock() {
        String read = stateLock.read(() -> CompletableFuture.supplyAsync(
                        () -> "published " + stateLock.published(), Thread::startVirtualThread)
                .orTimeout(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS)
                .join());

        assertThat(read).isEqualTo("published []");
    }

    @Test
    void failedChangeReleasesTheLock() {
        assertThatThrownBy(() -> stateLock.change(() -> {
                    throw new IllegalStateException("broken on purpose");
                }))
                .hasMessage("broken on purpose");

        assertThat(onAnotherThread()).isEqualTo("the lock was free");
    }

    @Test
    void changeThatMakesSomethingDueEndsTheRest() throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        Duration[] wait = {Duration.ofHours(1)};
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                stateLock.rest(() -> {
                    resting.countDown();
                    return wait[0];
                });
            } catch (InterruptedException e) {
                story.add("interrupted");
            }
        });
        resting.await();

        stateLock.change(() -> wait[0] = Duration.ZERO);
        sleeper.join();

        assertThat(story).isEmpty();
    }

    @Test
    void changeThatMakesNothingDueDoesNotEndTheRest() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        Duration[] wait = {Duration.ofHours(1)};
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                stateLock.rest(() -> {
                    asked.countDown();
                    return wait[0];
                });
            } catch (InterruptedException e) {
                story.add("interrupted");
            }
        });
        while (asked.getCount() > 0 && sleeper.isAlive()) {
            stateLock.change(Thread::onSpinWait);
        }
        assertThat(sleeper.isAlive()).isTrue();

        sleeper.interrupt();
        sleeper.join();
        assertThat(story).containsExactly("interrupted");
    }

    @Test
    void changeThatIsLeftWhileTheLockIsFreeRunsAtOnce() {
        stateLock.leave(() -> state.add("left"));

        assertThat(stateLock.published()).containsExactly("left");
    }

    @Test
    void changesThatAreLeftDuringAnotherRunInOrderWhenItHasEnded() {
        List<Thread> ranOn = new ArrayList<>();
        stateLock.change(() -> {
            leaveOnAnotherThread(() -> {
                ranOn.add(Thread.currentThread());
                state.add("first");
            });
            leaveOnAnotherThread(() -> state.add("second"));
            stateLock.leave(() -> state.add("third"));
            state.add("change");
        });

        assertThat(stateLock.published()).containsExactly("change", "first", "second", "third");
        assertThat(ranOn).containsExactly(Thread.currentThread());
    }

    @Test
    void changeThatIsLeftDuringAReadRunsWhenItHasEnded() {
        String read = stateLock.read(() -> {
            leaveOnAnotherThread(() -> state.add("left"));
            return "read " + state;
        });

        assertThat(read).isEqualTo("read []");
        assertThat(stateLock.published()).containsExactly("left");
    }

    @Test
    void noChangeThatIsLeftIsForgotten() throws Exception {
        state.add("0");
        List<Thread> threads = new ArrayList<>();
        int each = 2_000;
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < each; j++) {
                    stateLock.leave(() -> state.set(0, String.valueOf(Integer.parseInt(state.getFirst()) + 1)));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(stateLock.read(state::getFirst)).isEqualTo(String.valueOf(8 * each));
    }

    @Test
    void changeThatIsLeftEndsTheRest() throws InterruptedException {
        CountDownLatch resting = new CountDownLatch(1);
        Duration[] wait = {Duration.ofHours(1)};
        Thread sleeper = Thread.ofPlatform().start(() -> {
            try {
                stateLock.rest(() -> {
                    resting.countDown();
                    return wait[0];
                });
            } catch (InterruptedException e) {
                story.add("interrupted");
            }
        });
        resting.await();

        stateLock.leave(() -> wait[0] = Duration.ZERO);
        sleeper.join();

        assertThat(story).isEmpty();
    }

    @Test
    void changeThatLeavesAnotherEachTimeKeepsNoThreadFromTheLock() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean enough = new AtomicBoolean();
        Thread endless = Thread.ofPlatform()
                .start(() -> stateLock.leave(new Runnable() {
                    @Override
                    public void run() {
                        begun.countDown();
                        if (!enough.get()) {
                            stateLock.leave(this);
                        }
                    }
                }));
        begun.await();
        Thread waiter = Thread.ofPlatform().start(() -> stateLock.change(() -> enough.set(true)));

        boolean hadTheLock = waiter.join(TimeLimit.seconds(10));
        enough.set(true);
        endless.join();
        assertThat(hadTheLock).isTrue();
    }

    private void leaveOnAnotherThread(Runnable change) {
        CompletableFuture.runAsync(() -> stateLock.leave(change), Thread::startVirtualThread)
                .orTimeout(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private String onAnotherThread() {
        CompletableFuture<String> other = CompletableFuture.supplyAsync(
                () -> stateLock.read(() -> "the lock was free"), Thread::startVirtualThread);
        try {
            return other.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "the lock was held";
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
