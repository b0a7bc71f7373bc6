package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.ControllerMessage.Entry;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A link fixture with two controllers between which the host can move. */
abstract class TwoControllersFixture extends LinkFixture {
    FakeController first;
    FakeController second;

    @BeforeEach
    void startControllers() throws Exception {
        first = new FakeController(ca, ofController);
        second = new FakeController(ca, ofController);
    }

    @AfterEach
    void closeControllers() {
        first.close();
        second.close();
    }

    static Entry.Kept kept(String leaseId, String container) {
        return new Entry.Kept(leaseId, 1, Optional.of(container), "default", "arn:aws:iam::1:role/r", "hash");
    }
}
