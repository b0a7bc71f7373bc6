package io.mesosiam.mesos.model;

import io.mesosiam.mesos.MesosAgentId;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The Mesos agents registered with a leader, and those of which it said AGENT_REMOVED; each with the model's version at
 * which that was learned, so that a listing asked for earlier doesn't contradict it.
 */
record Registrations(PMap<MesosAgentId, Long> registered, PMap<MesosAgentId, Long> removed) {
    static final Registrations NONE = new Registrations(HashTreePMap.empty(), HashTreePMap.empty());

    /** It is there; if it was all along, then since as long as before. */
    Registrations register(MesosAgentId agent, long version) {
        return new Registrations(
                registered.containsKey(agent) ? registered : registered.plus(agent, version), removed.minus(agent));
    }

    /** The leader said AGENT_REMOVED. */
    Registrations remove(MesosAgentId agent, long version) {
        return new Registrations(registered.minus(agent), removed.plus(agent, version));
    }

    /** It isn't there any more, and nobody said why. */
    Registrations unregister(MesosAgentId agent) {
        return new Registrations(registered.minus(agent), removed);
    }

    /**
     * A listing that was asked for at {@code version} has been dealt with: removals that it can't contradict are forgotten,
     * except those of {@code needed} Mesos agents.
     */
    Registrations forgetRemoved(long version, Predicate<MesosAgentId> needed) {
        return new Registrations(
                registered,
                removed.minusAll(removed.keySet().stream()
                        .filter(agent -> !removedAfter(agent, version) && !needed.test(agent))
                        .toList()));
    }

    boolean isRegistered(MesosAgentId agent) {
        return registered.containsKey(agent);
    }

    boolean isRemoved(MesosAgentId agent) {
        return removed.containsKey(agent);
    }

    /** Whether it is registered, and was so at {@code version}. */
    boolean wasRegistered(MesosAgentId agent, long version) {
        return registered.containsKey(agent) && registered.get(agent) <= version;
    }

    /** Whether a listing asked for at {@code version} may be older than its registration. */
    boolean registeredAfter(MesosAgentId agent, long version) {
        return registered.containsKey(agent) && registered.get(agent) > version;
    }

    /** Whether a listing asked for at {@code version} may be older than its removal. */
    boolean removedAfter(MesosAgentId agent, long version) {
        return removed.containsKey(agent) && removed.get(agent) > version;
    }
}
