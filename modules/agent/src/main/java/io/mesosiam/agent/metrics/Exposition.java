package io.mesosiam.agent.metrics;

/**
 * Metrics in Prometheus's text format, version 0.0.4. Names and labels are the program's own words: nothing that a task, a
 * controller or the kernel says gets in here, so there is nothing to escape.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">exposition formats</a>
 */
public final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(4096);

    /** Begins a metric that only grows; its samples follow. */
    public Family counter(String name, String help) {
        return family(name, "counter", help);
    }

    /** Begins a metric that comes and goes. */
    public Family gauge(String name, String help) {
        return family(name, "gauge", help);
    }

    /**
     * A whole histogram.
     *
     * @param bounds upper bounds, ascending
     * @param counts how many fell at or under each bound and over the one before it; one more for those over all
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
         * One number of it.
         *
         * @param labels name, value, name, value …
         */
        public Family sample(long value, String... labels) {
            return line(Long.toString(value), labels);
        }

        /** One number that need not be whole. */
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

    /** {@code 1} and {@code 0.005}, not {@code 1.0}. */
    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
