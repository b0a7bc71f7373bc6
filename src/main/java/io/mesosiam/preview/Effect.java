package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a change does to one credential name of one running task.
 *
 * @param task empty if only a lease names the launch
 * @param before the credentials that the task has or gets on request without the change
 * @param after those with the change
 * @param changed what differs in them, in the words of the API; empty unless both are present
 * @param conflict whether the policies conflict after the change. A conflict takes nothing away: with {@code after}, a
 *     lease is kept, and nothing new is given
 * @param undecided whether it can't be decided yet what they give after the change
 * @param refusal the code that the task's container is refused the name with after the change
 * @param reason why there are no credentials, or no new ones, after the change; may be empty
 * @param ends the live lease that ends
 * @param connected whether the host's agent is connected to this controller, which then makes the change take effect
 */
public record Effect(
        Launch launch,
        Optional<LaunchedTask> task,
        CredentialName name,
        Optional<Gift> before,
        Optional<Gift> after,
        List<String> changed,
        boolean conflict,
        boolean undecided,
        Optional<RefusalCode> refusal,
        String reason,
        Optional<Lease> ends,
        boolean connected) {
    public Effect {
        changed = List.copyOf(changed);
    }

    /** The kind of an effect. */
    public enum Kind {
        /** The task gets credentials that it didn't have. */
        GAINS,
        /** The task has no credentials any more. */
        LOSES,
        /** The task gets other credentials, or the same ones on other terms. */
        CHANGES,
        /** The task keeps what it has, or continues to have nothing, for another reason. */
        KEEPS;

        /** The value in the API. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same effect, which ends this lease. */
    public Effect ending(Lease lease) {
        return new Effect(
                launch,
                task,
                name,
                before,
                after,
                changed,
                conflict,
                undecided,
                refusal,
                reason,
                Optional.of(lease),
                connected);
    }

    public Kind kind() {
        if (before.isEmpty()) {
            return after.isEmpty() ? Kind.KEEPS : Kind.GAINS;
        }
        if (after.isEmpty()) {
            return Kind.LOSES;
        }
        return changed.isEmpty() ? Kind.KEEPS : Kind.CHANGES;
    }
}
