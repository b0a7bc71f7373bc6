package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SerialExecutorTest {
    static List<Throwable> failures() {
        return List.of(new IllegalStateException(), new StackOverflowError(), new LinkageError(), new AssertionError());
    }

    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        @SuppressWarnings("unchecked")
        E unchecked = (E) failure;
        throw unchecked;
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failedTaskIsReportedAndTheNextOneRuns(Throwable failure) throws InterruptedException {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        CountDownLatch next = new CountDownLatch(1);
        SerialExecutor executor = new SerialExecutor(reported::add);

        executor.add(() -> SerialExecutorTest.<RuntimeException>sneak(failure));
        executor.add(next::countDown);

        assertRun(next);
        assertThat(reported).containsExactly(failure);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void nextTaskRunsIfTheReportFailsToo(Throwable failure) throws InterruptedException {
        CountDownLatch next = new CountDownLatch(1);
        SerialExecutor executor = new SerialExecutor(SerialExecutorTest::<RuntimeException>sneak);

        executor.add(() -> SerialExecutorTest.<RuntimeException>sneak(failure));
        executor.add(next::countDown);

        assertRun(next);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void taskForWhichNoThreadStartsRunsWithTheNextOne(Throwable failure) {
        List<Throwable> reported = new ArrayList<>();
        List<String> run = new ArrayList<>();
        AtomicBoolean hasThreads = new AtomicBoolean();
        SerialExecutor executor = new SerialExecutor(reported::add, piece -> {
            if (!hasThreads.get()) {
                SerialExecutorTest.<RuntimeException>sneak(failure);
            }
            piece.run();
        });

        executor.add(() -> run.add("first"));
        assertThat(reported).containsExactly(failure);
        hasThreads.set(true);
        executor.add(() -> run.add("second"));

        assertThat(run).containsExactly("first", "second");
    }

    private static void assertRun(CountDownLatch next) throws InterruptedException {
        assertThat(next.await(TimeLimit.seconds(20).toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
    }
}
