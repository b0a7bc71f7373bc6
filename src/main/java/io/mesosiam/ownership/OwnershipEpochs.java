package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * For each host, the consecutive epochs under which this controller has owned it without interruption. An entry made
 * under one of them is valid under all. Whether it is can be unknown while a claim of this controller has no answer: each
 * claim is announced before it is sent, and its end is reported in each case.
 */
public final class OwnershipEpochs {
    private final Map<MesosAgentId, Owned> owned;

    public OwnershipEpochs() {
        this(NewestHosts.map());
    }

    /** @param owned a thread-safe map */
    OwnershipEpochs(Map<MesosAgentId, Owned> owned) {
        this.owned = owned;
    }

    /**
     * What is known of a host.
     *
     * @param from the first epoch of the uninterrupted ones; after {@code to} if no claim is known
     * @param to the newest epoch; 0 if no claim has been answered
     * @param claims the number of claims that have begun and not ended
     */
    record Owned(long from, long to, int claims) {
        private static final Owned NOTHING = new Owned(Long.MAX_VALUE, -1, 0);

        boolean contains(long epoch) {
            return from <= epoch && epoch <= to;
        }

        Owned claims(int change) {
            return new Owned(from, to, claims + change);
        }

        Owned claimed(long epoch, boolean continued) {
            if (epoch < to) {
                return this;
            }
            return new Owned(continued ? Math.min(from, epoch) : epoch, epoch, claims);
        }
    }

    /** Records that a claim of a host begins, before it is sent. */
    public void claimBegins(MesosAgentId host) {
        owned.compute(host, (_, before) -> known(before).claims(1));
    }

    /** Records the answer to a claim. The late answer to an earlier claim than the newest changes nothing. */
    public void claimed(MesosAgentId host, long epoch, boolean continued) {
        owned.compute(host, (_, before) -> known(before).claimed(epoch, continued));
    }

    /**
     * Records that a claim of a host has ended: its answer is recorded, or none will arrive.
     *
     * @return whether it was the last one
     */
    public boolean claimEnds(MesosAgentId host) {
        Owned left = owned.computeIfPresent(host, (_, before) -> {
            Owned after = before.claims(before.claims == 0 ? 0 : -1);
            return after.equals(Owned.NOTHING) ? null : after;
        });
        return left == null || left.claims == 0;
    }

    private static Owned known(@Nullable Owned owned) {
        return owned == null ? Owned.NOTHING : owned;
    }

    /** Whether an entry can be written. */
    public enum Standing {
        VALID,
        /** Whether the entry is valid is known when a claim of this controller has ended. */
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
        Owned known = known(owned.get(host));
        boolean contained = known.contains(epoch);
        // after a failover that lost a claim of this controller, another one's can have the same epoch
        if (ours && recorded.equals(OptionalLong.of(contained ? known.to : epoch))) {
            return Standing.VALID;
        }
        if (!contained || known.claims == 0) {
            return Standing.FENCED;
        }
        // while no claim has been answered, the row can't be newer than this controller's claim
        boolean unanswered = known.to == 0 || recorded.isEmpty();
        return unanswered || (ours && known.to < recorded.getAsLong()) ? Standing.EARLY : Standing.FENCED;
    }
}
