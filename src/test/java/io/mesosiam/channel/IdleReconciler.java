package io.mesosiam.channel;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A reconciler without policies, sessions and database: it keeps only what agents report. */
final class IdleReconciler {
    private IdleReconciler() {}

    static Reconciler create() {
        SessionSource noSessions = new SessionSource() {
            @Override
            public SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
                throw new IllegalArgumentException("no policy allows anything");
            }

            @Override
            public SessionOutcome session(SessionIdentity identity, boolean waitingFor) {
                throw new IllegalStateException("nothing is asked for");
            }
        };
        return new Reconciler(
                new Settings(),
                new Dependencies(
                        subject -> Map.of(),
                        noSessions,
                        (host, delivery) -> true,
                        host -> List.of(),
                        GrantRows.NONE,
                        Runnable::run,
                        Instant::now,
                        new Random(1),
                        _ -> {}),
                journal());
    }

    /** A journal that writes nothing. */
    static Journal journal() {
        return new Journal() {
            @Override
            public void write(Entry entry) {}

            @Override
            public boolean isOpen(int expected) {
                return true;
            }

            @Override
            public void claimBegins(MesosAgentId host) {}

            @Override
            public void claimed(MesosAgentId host, long epoch, boolean continued) {}

            @Override
            public void claimEnds(MesosAgentId host) {}

            @Override
            public void onFenced(BiConsumer<MesosAgentId, Long> listener) {}

            @Override
            public void onEnded(Consumer<LeaseId> listener) {}
        };
    }

    private record Settings() implements LeaseConfig {
        @Override
        public int concurrentCalls() {
            return 1;
        }

        @Override
        public Duration fullPass() {
            return Duration.ofMinutes(5);
        }

        @Override
        public Duration outOfSightLimit() {
            return Duration.ofHours(24);
        }

        @Override
        public Duration journalDelay() {
            return Duration.ZERO;
        }

        @Override
        public int journalCapacity() {
            return 1;
        }

        @Override
        public Duration withoutDatabaseLimit() {
            return Duration.ofMinutes(15);
        }

        @Override
        public Duration withdrawalPoll() {
            return Duration.ofSeconds(10);
        }
    }
}
