package io.mesosiam.agent;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Sets the JDK's logging: one line an event on standard error, the time in front, no logger's own state to keep. */
final class AgentLog {
    /** The root logger, held here so that its level isn't collected with it. */
    private static final Logger ROOT = Logger.getLogger("");

    private AgentLog() {}

    /** To be called before anything is logged: the format is read once. */
    static void format() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL%1$tz %4$s %3$s %5$s%6$s%n");
    }

    static void level(AgentConfig.LogLevel level) {
        Level to =
                switch (level) {
                    case DEBUG -> Level.FINE;
                    case INFO -> Level.INFO;
                    case WARNING -> Level.WARNING;
                    case ERROR -> Level.SEVERE;
                };
        ROOT.setLevel(to);
        for (var handler : ROOT.getHandlers()) {
            handler.setLevel(to);
        }
    }
}
