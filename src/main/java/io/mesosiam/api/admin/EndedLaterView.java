package io.mesosiam.api.admin;

import io.mesosiam.admin.withdrawal.EndedLater;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Leases that end later than others of a withdrawal, as the API shows them. */
@RegisterForReflection
@Schema(
        name = "EndedLater",
        description =
                "Leases with a session on hosts that are connected to no controller: their agents may serve them until"
                        + " they connect again, or until the sessions expire",
        requiredProperties = {"leases", "hosts", "hostnames", "servedUntil"})
record EndedLaterView(
        @Schema(description = "Number of these leases", minimum = "1", examples = "3")
        long leases,

        @Schema(description = "Number of these hosts", minimum = "1", examples = "1")
        long hosts,

        @Schema(
                description = "The names of these hosts, of the first " + EndedLater.MOST_NAMES + " if there are more",
                examples = "[\"host7.example\"]")
        List<String> hostnames,

        @Schema(
                description = "When the last of these sessions expires",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        String servedUntil) {
    static Optional<EndedLaterView> of(EndedLater later) {
        return later.until()
                .map(until -> new EndedLaterView(later.leases(), later.hosts(), later.hostnames(), until.toString()));
    }

    /** The same as a sentence. */
    String text() {
        return leases + (leases == 1 ? " lease is" : " leases are") + " on "
                + (hosts == 1 ? "a host that is" : hosts + " hosts that are") + " connected to no controller: "
                + String.join(", ", hostnames) + (hosts > hostnames.size() ? " and others" : "")
                + ". Their agents may serve them until they connect again, or until the sessions expire, the last at "
                + servedUntil;
    }
}
