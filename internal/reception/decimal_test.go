package reception

import "testing"

func TestANumberIsKeptAsItsDecimalText(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"7500": "7500", "7500.10": "7500.10", "0.1": "0.1", "-5": "-5", "-0": "-0", "12345678901234567890.12": "12345678901234567890.12",
		"7.5e3": "7500", "7.5E+3": "7500", "75e-1": "7.5", "-1.25e1": "-12.5", "0e5": "0", "1e20": "100000000000000000000", "1.005e2": "100.5",
	} {
		if got, ok := appendDecimal(nil, []byte(number)); !ok || string(got) != want {
			t.Errorf("%s is %q %v, want %q", number, got, ok, want)
		}
	}
	for _, number := range []string{"1e21", "1e-21", "1e99999999999999999999"} {
		if got, ok := appendDecimal(nil, []byte(number)); ok {
			t.Errorf("%s is %q", number, got)
		}
	}
}
