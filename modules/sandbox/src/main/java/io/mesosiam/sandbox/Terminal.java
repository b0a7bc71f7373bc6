package io.mesosiam.sandbox;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Output for people. Colours and overwritten lines only on a terminal that supports them. */
final class Terminal {
    private static final String PLAIN = "\u001b[0m";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String LINE_START = "\r\u001b[2K";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final boolean ansi =
            Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                    && System.getenv("NO_COLOR") == null
                    && !"dumb".equals(System.getenv("TERM"));

    void title(String text) {
        out.println();
        out.println(in(BOLD, text));
    }

    /** Shows that a step begins; the next output overwrites the line. */
    void doing(String text) {
        if (ansi) {
            out.print(in(DIM, "  … " + text));
            out.flush();
        } else {
            out.println("  … " + text);
        }
    }

    void done(String what, String detail, Duration took) {
        startLine();
        out.println("  " + in(GREEN, "✔") + " " + pad(what, 12) + " " + detail + "  " + in(DIM, human(took)));
    }

    void ok(String text) {
        startLine();
        out.println("  " + in(GREEN, "✔") + " " + text);
    }

    void failed(String text) {
        startLine();
        out.println("  " + in(RED, "✘") + " " + text);
    }

    void skipped(String text) {
        startLine();
        out.println("  " + in(YELLOW, "–") + " " + text);
    }

    /** A detail of the previous line. */
    void detail(String text) {
        startLine();
        out.println("      " + in(DIM, text));
    }

    void line(String text) {
        startLine();
        out.println("  " + text);
    }

    /** A task's name, padded for the first column. */
    static String name(String text) {
        return pad(text, 17);
    }

    static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    /** A duration as text: in milliseconds below a second, then with tenths of a second. */
    static String human(Duration duration) {
        return duration.toSeconds() < 1
                ? duration.toMillis() + " ms"
                : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    private void startLine() {
        if (ansi) {
            out.print(LINE_START);
        }
    }

    private String in(String style, String text) {
        return ansi ? style + text + PLAIN : text;
    }
}
