package io.mesosiam.simulation;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.lease.SessionIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A session that a host serves, as it was at one moment: its key material may be zeroed later.
 *
 * @param identity its session name and role
 * @param receiver the process that requested it
 */
record Held(Host.Place place, String role, Instant expiration, String identity, ControllerNode receiver) {
    /** What running containers of the host are served. */
    static List<Held> of(Host host, Checks checks) {
        return host.served().entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue(), checks))
                .toList();
    }

    private static Held of(Host.Place place, Answer.Lease lease, Checks checks) {
        SessionIdentity identity = checks.identity(lease);
        return new Held(
                place,
                lease.iamRoleArn(),
                lease.expiration(),
                identity.sessionName() + " " + identity.role().arn(),
                checks.receiver(lease));
    }

    /** Whether it is of the same place and identity, so that it can be a renewed one. */
    boolean continues(Held earlier) {
        return place.equals(earlier.place) && identity.equals(earlier.identity);
    }

    /** Whether the container is to be served this role, and is not. A grant can have expired since. */
    boolean isMissing(Host host, Entitled entitled) {
        return entitled.decided(place.container(), place.name()).equals(Optional.of(role))
                && !entitled.changes(place.container(), place.name())
                && host.served(place)
                        .filter(now -> now.iamRoleArn().equals(role))
                        .isEmpty();
    }
}
