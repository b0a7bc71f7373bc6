package io.mesosiam.mesos.json;

import static io.mesosiam.mesos.json.MasterJson.text;

import com.fasterxml.jackson.core.JsonParser;
import io.mesosiam.mesos.json.MasterJson.Unreadable;
import io.mesosiam.mesos.model.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * The first record of the operator stream: the complete state and the heartbeat interval.
 *
 * @param heartbeat limited to between one second and five minutes, independent of the master's value
 */
public record Subscription(Snapshot snapshot, Duration heartbeat) {
    private static final double DEFAULT_SECONDS = 15;

    /** Reads SUBSCRIBED. Any other first record is an error. */
    public static Subscription read(JsonParser json) throws IOException {
        Optional<Snapshot> snapshot = Optional.empty();
        double seconds = DEFAULT_SECONDS;
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            switch (field) {
                case "subscribed" -> fields.enter();
                case "get_state" -> snapshot = Optional.of(new SnapshotReader().read(json));
                case "heartbeat_interval_seconds" -> seconds = number(text(json));
                default -> {}
            }
        }
        return new Subscription(
                snapshot.orElseThrow(() -> new Unreadable("the first record is not SUBSCRIBED")),
                Duration.ofMillis(Math.round(Math.clamp(seconds, 1.0, 300.0) * 1000)));
    }

    private static double number(String text) {
        try {
            double number = Double.parseDouble(text);
            return Double.isNaN(number) ? DEFAULT_SECONDS : number;
        } catch (NumberFormatException e) {
            return DEFAULT_SECONDS;
        }
    }
}
