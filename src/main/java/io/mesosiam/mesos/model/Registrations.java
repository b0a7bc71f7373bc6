package io.mesosiam.mesos.model;

import io.mesosiam.mesos.MesosAgentId;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The Mesos agents registered with a leader, and those with an AGENT_REMOVED event; each with the model's version at
 * which that was learned, so that a listing that was requested earlier doesn't contradict it.
 */
record Registrations(PMap<MesosAgentId, Long> registered, PMap<MesosAgentId, Long> removed) {
    static final Registrations NONE = new Registrations(HashTreePMap.empty(), HashTreePMap.empty());

    /** Records a registration. An existing registration keeps its version. */
    Registrations register(MesosAgentId agent, long version) {
        return new Registrations(
                registered.containsKey(agent) ? registered : registered.plus(agent, version), removed.minus(agent));
    }

    /** Records an AGENT_REMOVED. */
    Registrations remove(MesosAgentId agent, long version) {
        return new Registrations(registered.minus(agent), removed.plus(agent, version));
    }

    /** Records that a Mesos agent is no longer registered, for an unknown reason. */
    Registrations unregister(MesosAgentId agent) {
        return new Registrations(registered.minus(agent), removed);
    }

    /**
     * Forgets removals that a listing requested at {@code version} can't contradict any more, except those of {@code
     * needed} Mesos agents.
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

    /** Whether it is registered and already was at {@code version}. */
    boolean wasRegistered(MesosAgentId agent, long version) {
        return registered.containsKey(agent) && registered.get(agent) <= version;
    }

    /** Whether a listing requested at {@code version} may be older than the registration. */
    boolean registeredAfter(MesosAgentId agent, long version) {
        return registered.containsKey(agent) && registered.get(agent) > version;
    }

    /** Whether a listing requested at {@code version} may be older than the removal. */
    boolean removedAfter(MesosAgentId agent, long version) {
        return removed.containsKey(agent) && removed.get(agent) > version;
    }
}
