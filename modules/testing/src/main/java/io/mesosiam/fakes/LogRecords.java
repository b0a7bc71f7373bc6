package io.mesosiam.fakes;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Records the events that a logger and its descendants log at the default level during a test. */
public final class LogRecords extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    /** @param name of the logger; empty for all */
    public LogRecords(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(this);
    }

    /** Level and message of each event, in order. */
    public List<String> lines() {
        return records.stream()
                .map(event -> event.getLevel() + " " + event.getMessage())
                .toList();
    }

    /** The message of each event with its parameters, in order. */
    public List<String> texts() {
        SimpleFormatter formatter = new SimpleFormatter();
        return records.stream().map(formatter::formatMessage).toList();
    }

    /** Logger and throwable of each event that has a throwable: it would be printed with a stack trace. */
    public List<String> throwables() {
        return records.stream()
                .filter(event -> event.getThrown() != null)
                .map(event -> event.getLoggerName() + " " + event.getThrown())
                .toList();
    }

    @Override
    public void publish(LogRecord event) {
        if (event.getLevel().intValue() >= Level.INFO.intValue()) {
            records.add(event);
        }
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
