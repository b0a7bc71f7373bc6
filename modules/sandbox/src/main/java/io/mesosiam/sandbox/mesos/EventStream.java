package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.sandbox.cluster.ClusterEvent;
import io.mesosiam.sandbox.cluster.ClusterView;
import io.mesosiam.sandbox.cluster.Subscriber;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one operator: records of JSON in RecordIO, a flush after each, a heartbeat at the start and after each
 * pause.
 */
final class EventStream implements Subscriber {
    /** DEFAULT_HEARTBEAT_INTERVAL of Mesos. */
    static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(15);

    private final Duration heartbeat;
    private final boolean viewsFrameworks;
    private final BlockingQueue<Item> waiting = new LinkedBlockingQueue<>();

    private sealed interface Item {
        record First(ClusterView view) implements Item {}

        record Next(ClusterEvent event) implements Item {}

        record End() implements Item {}
    }

    /**
     * @param heartbeat the longest pause
     * @param viewsFrameworks whether this operator may view frameworks and tasks
     */
    EventStream(Duration heartbeat, boolean viewsFrameworks) {
        this.heartbeat = heartbeat;
        this.viewsFrameworks = viewsFrameworks;
    }

    @Override
    public void first(ClusterView view) {
        waiting.add(new Item.First(view));
    }

    @Override
    public void changed(ClusterEvent event) {
        if (viewsFrameworks || event.ofAgents()) {
            waiting.add(new Item.Next(event));
        }
    }

    @Override
    public void end() {
        waiting.add(new Item.End());
    }

    /** Writes until the master ends the stream; throws when the operator disconnects. */
    void writeTo(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            switch (next()) {
                case null -> record(out, OperatorJson::heartbeat);
                case Item.First(ClusterView view) -> {
                    record(out, json -> json.subscribed(viewsFrameworks ? view : view.withoutFrameworks(), heartbeat));
                    record(out, OperatorJson::heartbeat);
                }
                case Item.Next(ClusterEvent event) -> record(out, json -> json.event(event));
                case Item.End() -> {
                    return;
                }
            }
        }
    }

    private @Nullable Item next() throws InterruptedException {
        return waiting.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
    }

    private interface Body {
        void write(OperatorJson json) throws IOException;
    }

    private static void record(OutputStream out, Body body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = MesosJson.FACTORY.createGenerator(bytes)) {
            body.write(new OperatorJson(json));
        }
        var framed = new ByteArrayOutputStream(bytes.size() + 16);
        framed.writeBytes((bytes.size() + "\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeTo(framed);
        framed.writeTo(out);
        out.flush();
    }
}
