package io.mesosiam.sandbox.cluster;

/** The key of a task on a master. */
public record TaskKey(String frameworkId, String taskId) {}
