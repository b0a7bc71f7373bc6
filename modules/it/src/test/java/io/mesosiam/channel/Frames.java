package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.lease.Delivery;
import java.util.List;
import java.util.Optional;

/** The messages of deliveries, for tests outside of this package. */
public final class Frames {
    private Frames() {}

    public static ControllerMessage sync(long epoch, List<Delivery> state) {
        return DeliveryMessage.sync(epoch, state);
    }

    public static Optional<ControllerMessage> of(Delivery delivery) {
        return DeliveryMessage.of(delivery);
    }
}
