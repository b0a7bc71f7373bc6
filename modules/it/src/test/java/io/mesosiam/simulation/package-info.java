/**
 * A deterministic simulation of masters, controllers, the database, STS, the network and hosts' agents, in virtual time on one
 * thread. It comes in with a seed and goes out with what it found; the same seed gives the same run. Start with {@link
 * io.mesosiam.simulation.Simulation}.
 */
@org.jspecify.annotations.NullMarked
package io.mesosiam.simulation;
