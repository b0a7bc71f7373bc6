package io.mesosiam.channel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the channel logs while a test runs. */
public final class ChannelLog extends Handler implements AutoCloseable {
    private static final Logger CHANNEL = Logger.getLogger("io.mesosiam.channel");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    public ChannelLog() {
        CHANNEL.addHandler(this);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void publish(LogRecord event) {
        lines.add(event.getLevel() + " " + event.getMessage());
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        CHANNEL.removeHandler(this);
    }
}
