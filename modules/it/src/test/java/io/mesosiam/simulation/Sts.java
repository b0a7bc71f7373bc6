package io.mesosiam.simulation;

import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** AWS STS: it knows what each access key stands for. */
final class Sts {
    /** How STS answers for one role. */
    enum Mood {
        ISSUES,
        DENIES,
        THROTTLES
    }

    final Map<String, Mood> moods = new TreeMap<>();
    boolean up = true;
    private final Map<String, SessionIdentity> identities = new HashMap<>();
    private final Map<String, ControllerNode> receivers = new HashMap<>();
    private final Map<String, Integer> issued = new HashMap<>();
    private final Scheduler scheduler;
    private int calls;

    Sts(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Answers a call. The session begins at {@code issuedAt}, which is before the answer arrives. */
    SessionOutcome answer(SessionIdentity identity, Instant issuedAt, ControllerNode to) {
        calls++;
        if (!up) {
            return new SessionOutcome.Unavailable("no answer", Optional.empty());
        }
        return switch (moods.getOrDefault(identity.role().arn(), Mood.ISSUES)) {
            case DENIES -> new SessionOutcome.Refused("AccessDenied");
            case THROTTLES -> new SessionOutcome.Unavailable("Throttling", Optional.empty());
            case ISSUES -> {
                String accessKey = String.format("ASIA%016d", calls);
                identities.put(accessKey, identity);
                receivers.put(accessKey, to);
                issued.merge(identity.sessionName() + " " + identity.role().arn(), 1, Integer::sum);
                scheduler.note(() -> "session " + accessKey + " for " + identity.sessionName() + " " + identity.role());
                yield new SessionOutcome.Issued(new Session(
                        accessKey,
                        Secret.of("secret-of-" + accessKey),
                        Secret.of("token-of-" + accessKey),
                        issuedAt.plus(identity.length())));
            }
        };
    }

    SessionIdentity of(String accessKey) {
        return identities.get(accessKey);
    }

    /** The process that requested the session. */
    ControllerNode receiver(String accessKey) {
        return receivers.get(accessKey);
    }

    /** Number of sessions by session name and role. */
    Map<String, Integer> issued() {
        return Map.copyOf(issued);
    }

    int calls() {
        return calls;
    }
}
