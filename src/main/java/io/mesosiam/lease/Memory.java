package io.mesosiam.lease;

/**
 * All that a controller remembers between two plans, in one place so that one lock can guard it. A restart loses it: then
 * rows, cluster and agents tell it again.
 */
record Memory(
        LaunchIndex launches,
        LeaseBook leases,
        Sessions sessions,
        Refusals refusals,
        Withdrawals withdrawals,
        Hosts hosts,
        HeldBack heldBack) {
    static Memory empty(RenewalRule rule) {
        return new Memory(
                new LaunchIndex(),
                new LeaseBook(),
                new Sessions(),
                new Refusals(),
                new Withdrawals(),
                new Hosts(),
                new HeldBack(rule));
    }
}
