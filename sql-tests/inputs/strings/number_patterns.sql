-- Numbers by patterns, there and back.
select to_char(454, '999'), to_char(5, '999'), to_char(0, '999'), to_char(454, '99'), to_char(-5, '999'), to_char(-5, 'S999'), to_char(5, 'S999');
select to_char(-5, 'MI999'), to_char(5, 'MI999'), to_char(-5, '999MI'), to_char(5, '999MI'), to_char(-5, '999PR'), to_char(5, '999PR');
select to_char(0.5, '0.9'), to_char(0.5, '9.9'), to_char(12.3, '999.99'), to_char(12.345, '999.99'), to_char(12.3, '000.000'), to_char(12.5, '999');
select to_char(1234567, '9,999,999'), to_char(567, '9G999G999'), to_char(567, '0,000,000'), to_char(12, '$999'), to_char(-12, 'S$999.99'), to_char(12, '999.');
select to_char(454.00, '000D00'), to_char(-12454.8, '99G999D9S'), to_char(null, '999'), to_char(7, '0999'), to_char(7, '9990'), to_char(12.5D, '99.9');
select to_char(x'537061726b2053514c', 'base64'), to_char(x'6162', 'hex'), to_char(x'6162', 'utf-8');
select to_char(1, 'abc');
select to_char(1, '9.9.9');
select to_number('454', '999'), to_number('454.00', '000.00'), to_number('12,454', '99,999'), to_number('$78.12', '$99.99'), to_number('12,454.8-', '99,999.9S');
select to_number('-5', 'S9'), to_number('5-', '9MI'), to_number('<5>', '9PR'), to_number(' 5 ', '9'), to_number('.5', '9.9'), to_number('5.', '9.9');
select try_to_number('5', '00'), try_to_number('12.3456', '99.99'), try_to_number('a', '9'), try_to_number('', '9'), try_to_number('+5', 'MI9'), try_to_number(null, '9');
select to_number('5', '00');
select to_number('5', '');
select to_number('5', '99,');
select to_number('5', 'S9S');
select to_number('5', '9$9');
select to_number('5', '9x');
