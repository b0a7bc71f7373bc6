package io.mesosiam.agent.enrol;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The texts that this package's loggers have put into their lines. */
final class Records extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.mesosiam.agent.enrol");
    private final List<String> texts = new CopyOnWriteArrayList<>();

    Records() {
        logger.addHandler(this);
    }

    List<String> parameters() {
        return texts;
    }

    @Override
    public void publish(LogRecord event) {
        Object[] parameters = event.getParameters();
        for (Object parameter : parameters == null ? new Object[0] : parameters) {
            texts.add(String.valueOf(parameter));
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
