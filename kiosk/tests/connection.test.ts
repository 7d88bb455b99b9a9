import { describe, expect, it } from "vitest";
import { Connection } from "../src/connection";

const at = (ms: number): string => new Date(ms).toISOString();

describe("the connection", () => {
  it("is offline after two failures in a row, and since when", () => {
    let now = 1000;
    const connection = new Connection(() => now);
    connection.failed();
    connection.succeeded();
    connection.failed();
    expect(connection.isOffline).toBe(false);
    now = 5000;
    connection.failed();
    now = 9000;
    connection.failed();
    expect(connection.offlineSince.value).toBe(5000);
    connection.succeeded();
    expect(connection.isOffline).toBe(false);
  });

  it("believes the quickest exchange", () => {
    const connection = new Connection(() => 0);
    connection.measure(at(10_000), 0, 2000);
    expect(connection.offset.value).toBe(9000);
    connection.measure(at(10_020), 900, 940);
    expect(connection.offset.value).toBe(9100);
    connection.measure(at(11_500), 1000, 3000);
    expect(connection.offset.value).toBe(9100);
  });

  it("learns anew when the device's clock was set", () => {
    const connection = new Connection(() => 0);
    connection.measure(at(7_200_000), 0, 10);
    expect(connection.isClockWrong).toBe(true);
    connection.measure(at(1000), 995, 1005);
    expect(connection.offset.value).toBe(0);
    expect(connection.isClockWrong).toBe(false);
  });
});
