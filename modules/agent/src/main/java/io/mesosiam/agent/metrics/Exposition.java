package io.mesosiam.agent.metrics;

/**
 * Metrics in Prometheus's text format, version 0.0.4. Names and labels are constants of the program and contain nothing
 * from a task, a controller or the kernel, so nothing needs to be escaped.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>
 */
public final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4096);

    /** Begins a metric that only increases; its samples follow. */
    public Family counter(String name, String help) {
        return family(name, "counter", help);
    }

    /** Begins a metric that can increase and decrease. */
    public Family gauge(String name, String help) {
        return family(name, "gauge", help);
    }

    /**
     * A complete histogram.
     *
     * @param bounds upper bounds, ascending
     * @param counts the number of values at or under each bound and over the one before; then the number over all
     *     bounds
     */
    public void histogram(String name, String help, double[] bounds, long[] counts, double sum) {
        family(name, "histogram", help);
        long total = 0;
        for (int i = 0; i < bounds.length; i++) {
            total += counts[i];
            new Family(name + "_bucket").sample(total, "le", number(bounds[i]));
        }
        total += counts[bounds.length];
        new Family(name + "_bucket").sample(total, "le", "+Inf");
        new Family(name + "_sum").sample(sum);
        new Family(name + "_count").sample(total);
    }

    private Family family(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return new Family(name);
    }

    /** One metric. */
    public final class Family {
        private final String name;

        private Family(String name) {
            this.name = name;
        }

        /**
         * Adds a sample.
         *
         * @param labels name, value, name, value …
         */
        public Family sample(long value, String... labels) {
            return line(Long.toString(value), labels);
        }

        /** Adds a sample that need not be an integer. */
        public Family sample(double value, String... labels) {
            return line(number(value), labels);
        }

        private Family line(String value, String... labels) {
            text.append(name);
            for (int i = 0; i < labels.length; i += 2) {
                text.append(i == 0 ? '{' : ',')
                        .append(labels[i])
                        .append("=\"")
                        .append(labels[i + 1])
                        .append('"');
            }
            text.append(labels.length == 0 ? " " : "} ").append(value).append('\n');
            return this;
        }
    }

    /** Formats {@code 1} and {@code 0.005}, not {@code 1.0}. */
    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
