package io.mesosiam.mesos.master;

/** Somebody else's text, made fit for a line of ours: short, and without control characters. */
final class Abbreviated {
    private static final int MAX_LENGTH = 120;

    private Abbreviated() {}

    static String of(Object text) {
        String all = text.toString();
        String start = all.length() <= MAX_LENGTH ? all : all.substring(0, MAX_LENGTH) + "…";
        return start.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
