package io.mesosiam.mesos;

/**
 * A framework as the master shows it.
 *
 * @param recovered known only through Mesos agents' reports: its scheduler hasn't been heard of by this leader
 */
record SeenFramework(Framework framework, boolean recovered) {}
