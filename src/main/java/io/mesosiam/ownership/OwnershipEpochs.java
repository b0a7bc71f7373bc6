package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * For each host, the consecutive epochs under which this controller has owned it without interruption. An entry made
 * under one of them is valid under all.
 */
public final class OwnershipEpochs {
    private final Map<MesosAgentId, Range> epochs;

    public OwnershipEpochs() {
        this(NewestHosts.map());
    }

    /** @param epochs a thread-safe map */
    OwnershipEpochs(Map<MesosAgentId, Range> epochs) {
        this.epochs = epochs;
    }

    /** Whether the stream of a host is here. */
    enum Presence {
        /** Its stream is here, as far as is known. */
        HERE,
        /** Its stream ended before a claim was answered, which may be answered yet. */
        LEFT,
        /** Its stream has ended, and no claim of it will be answered. */
        GONE
    }

    record Range(long from, long to, Presence presence) {
        Range(long from, long to) {
            this(from, to, Presence.HERE);
        }

        /** Whether no claim of the host has been answered. */
        boolean isUnanswered() {
            return to == 0;
        }

        boolean contains(long epoch) {
            return from <= epoch && epoch <= to;
        }

        Range after(Range claim, boolean continued) {
            if (claim.to < to) {
                return this;
            }
            return continued ? new Range(from, claim.to) : claim;
        }
    }

    /** Records the answer to a claim. The late answer to an earlier claim than the newest changes nothing. */
    public void claimed(MesosAgentId host, long epoch, boolean continued) {
        epochs.merge(host, new Range(epoch, epoch), (before, now) -> before.after(now, continued));
    }

    /**
     * Records that the host's stream has ended.
     *
     * @return whether none of its claims has been answered
     */
    public boolean disconnected(MesosAgentId host) {
        Range range = epochs.computeIfPresent(
                host, (_, owned) -> owned.isUnanswered() ? new Range(owned.from, owned.to, Presence.LEFT) : owned);
        return range != null && range.isUnanswered();
    }

    /** Records that the host's stream has ended, and that no claim of it will be answered. */
    public void unclaimed(MesosAgentId host) {
        epochs.computeIfPresent(host, (_, owned) -> new Range(owned.from, owned.to, Presence.GONE));
    }

    /** Whether an entry can be written. */
    public enum Standing {
        VALID,
        /**
         * The entry was made under a claim of this controller whose answer has not arrived. Its validity is known after
         * the answer.
         */
        EARLY,
        /** Another controller has claimed the host since. */
        FENCED
    }

    /**
     * Returns whether an entry made under that epoch can be written.
     *
     * @param recorded the epoch of the host's row; empty if the host has none
     * @param ours whether this controller made the row's claim
     */
    public Standing standing(MesosAgentId host, long epoch, OptionalLong recorded, boolean ours) {
        // Read once: a claim answered between two reads would make a valid entry invalid by both.
        Range owned = epochs.get(host);
        if (recorded.equals(OptionalLong.of(newest(owned, epoch)))) {
            return Standing.VALID;
        }
        if (owned == null || !owned.contains(epoch)) {
            return Standing.FENCED;
        }
        // While the host is here and no claim has been answered, the row can't be newer than this controller's claim.
        boolean unanswered = owned.presence == Presence.HERE && (owned.isUnanswered() || recorded.isEmpty());
        boolean inFlight = owned.presence != Presence.GONE && ours && owned.to < recorded.getAsLong();
        return unanswered || inFlight ? Standing.EARLY : Standing.FENCED;
    }

    /** The newest epoch under which an entry made under that epoch is still valid. */
    private static long newest(@Nullable Range owned, long epoch) {
        return owned != null && owned.contains(epoch) ? owned.to : epoch;
    }
}
